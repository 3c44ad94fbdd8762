import { openCluster, type Cluster } from '../../../src/cli/cluster/cluster.ts'
import { verifyCluster } from '../../../src/cli/verify.ts'
import type { CheckResult, NamespaceReport } from '../../../src/verify/report.ts'
import { standardClass } from '../../support/objects.ts'
import { fillsInDefaults } from '../../cluster/install.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { classManifest } from '../classes.ts'
import { breakGlass, client, eventually, platform } from '../context.ts'
import { pod } from '../guarded-tenant.ts'
import { tenantManifest, tenantRef, uniqueName, waitForReady } from '../tenants.ts'

/** Warnings of each Tenant: the control plane has no network plugin, and an older Kubernetes fills in no defaults. */
export const always = [...(await fillsInDefaults(client()) ? [] : ['default-token']), 'network-plugin']

export const rbac = 'rbac.authorization.k8s.io'
const registry = 'registry.example.com/team'

/** A Tenant of its own for each weakening, so that all can be made at once. */
export interface VerifiedTenant {
  name: string
  namespace: string
  admin: string
  viewers: string
}

let cluster: Cluster | undefined

/** Runs the command in this process, as the cluster admin of the kubeconfig. */
export async function verifyTenant (name: string): Promise<NamespaceReport> {
  cluster ??= await openCluster({ kubeconfig: platform().kubeconfig })
  const { namespaces: [report] } = await verifyCluster(cluster, { tenants: [name], all: false, asTenantOf: undefined }, new Date())
  if (report === undefined) throw new Error(`Tenant ${name} has no report`)
  return report
}

export const idsIn = ({ checks }: NamespaceReport, ...states: Array<CheckResult['state']>): string[] =>
  checks.filter(({ state }) => states.includes(state)).map(({ id }) => id).sort()

/** `skipped quota-enforced: a compliant pod ...`, for the message of a failed assertion. */
export const linesIn = ({ checks }: NamespaceReport): string[] =>
  checks.filter(({ state }) => state !== 'passed').map(({ id, state, message }) => `${state} ${id}: ${message}`)

/** A class that bounds what shipped ones leave open, so that every check has something to prove. */
export function boundedClass (name: string): KubeObject {
  const { spec } = standardClass(spec => {
    Object.assign(spec.quotas['tenant-objects'] ?? {}, { 'services.nodeports': '9', 'services.loadbalancers': '9' })
    Object.assign(spec.workloads, {
      imageRegistries: [registry], storageClasses: ['standard'], ingressClasses: ['nginx'], hostNames: ['*.{tenant}.apps.example.com']
    })
    Object.assign(spec.workloads.pods, { nodeSelector: { pool: 'shared' }, imagePullPolicies: ['Always'] })
    spec.workloads.pods.defaults.podSecurity = false
  })
  return classManifest(name, spec)
}

export async function createTenantOf (className: string, name = uniqueName('acme')): Promise<VerifiedTenant> {
  const [admin, viewers, namespace] = [`ada@${name}.example`, `${name}-auditors`, `tenant-${name}-shop`]
  await client().create(tenantManifest(name, {
    className, admins: [{ kind: 'User', name: admin }], viewers: [{ kind: 'Group', name: viewers }]
  }))
  return { name, namespace, admin, viewers }
}

/** Waits until the Tenant can have pods, and creates one: some checks need it. */
export async function withPod ({ name, namespace }: VerifiedTenant, nodeSelector: object = {}): Promise<void> {
  await waitForReady({ name }, { timeout: 200_000, interval: 1000 })
  await eventually(async () => {
    await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace })
    await client().create(pod(namespace, { nodeSelector }, { imagePullPolicy: 'Always' }))
  }, { interval: 500 })
  await eventually(async () => {
    const { items } = await client().list({ apiVersion: 'v1', kind: 'ResourceQuota' }, { namespace })
    for (const { spec, status } of items as Array<KubeObject & { spec: { hard: object }, status?: { hard?: object, used?: object } }>) {
      if (Object.keys(status?.used ?? {}).length !== Object.keys(spec.hard).length) throw new Error('a quota is not in force yet')
    }
  }, { interval: 500 })
}

/** Keeps Metacontroller from correcting a weakening. */
export async function pause ({ name }: VerifiedTenant): Promise<void> {
  await client().patch(tenantRef(name), { spec: { paused: true } })
}

/** Permissions of a subject, in a namespace or in the cluster. */
export async function grant (subject: { kind: string, name: string }, rules: object[], namespace?: string): Promise<void> {
  const [role, binding] = namespace === undefined ? ['ClusterRole', 'ClusterRoleBinding'] : ['Role', 'RoleBinding']
  const metadata = { name: uniqueName('weak'), ...(namespace !== undefined && { namespace }) }
  await breakGlass().create({ apiVersion: `${rbac}/v1`, kind: role, metadata, rules })
  await breakGlass().create({
    apiVersion: `${rbac}/v1`,
    kind: binding,
    metadata,
    roleRef: { apiGroup: rbac, kind: role, name: metadata.name },
    subjects: [{ apiGroup: rbac, ...subject }]
  })
}
