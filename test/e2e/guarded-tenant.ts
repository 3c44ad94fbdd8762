import { expect } from 'vitest'
import { defaultClass } from '../support/objects.ts'
import type { KubeClient } from '../cluster/client.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { classManifest, classRef } from './classes.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { remove, removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

/** A Tenant whose class lists workloads of each kind, shared by the tests of one file. */
export interface GuardedTenant {
  name: string
  namespace: string
  className: string
  priorityClass: string
  /** Users that the guardrails apply to. */
  people: Array<[who: string, client: KubeClient]>
  remove: () => Promise<void>
}

/** Grants permissions that no class can grant, since the engine lacks them: break-glass may. */
async function grantByHand (namespace: string, users: string[]): Promise<void> {
  const rbac = { apiGroup: 'rbac.authorization.k8s.io' }
  const metadata = { name: 'by-hand', namespace }
  await breakGlass().create({ apiVersion: `${rbac.apiGroup}/v1`, kind: 'Role', metadata, rules: alsoByHand })
  await breakGlass().create({
    apiVersion: `${rbac.apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { ...rbac, kind: 'Role', name: 'by-hand' },
    subjects: users.map(name => ({ ...rbac, kind: 'User', name }))
  })
}

const everything = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']
const alsoByHand = [
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: everything },
  { apiGroups: [''], resources: ['pods/ephemeralcontainers', 'pods/resize'], verbs: everything }
]

const guardedWorkloads = {
  services: { types: ['ClusterIP' as const, 'LoadBalancer' as const], externalIPs: ['192.0.2.0/24', '2001:db8::/64'] },
  endpoints: { addresses: ['10.20.0.0/16', '2001:db8:1::/64'] },
  ingressClasses: ['nginx'],
  storageClasses: ['standard'],
  imageRegistries: ['registry.example.com/team', 'docker.io/library', 'mirror.example.com:5000']
}

export async function guardedTenant (workloads: object = {}): Promise<GuardedTenant> {
  const [name, className, priorityClass] = [uniqueName(), uniqueName('guarded'), uniqueName('batch')]
  const [admin, operator] = [`admin@${name}.example`, `operator@${name}.example`]
  const { spec } = defaultClass(spec => {
    Object.assign(spec.quotas['tenant-objects'] ?? {}, { 'services.loadbalancers': '9', 'services.nodeports': '9' })
    Object.assign(spec.workloads, guardedWorkloads, { priorityClasses: [priorityClass] }, workloads)
  })
  const priority = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' }
  await client().create({ ...priority, metadata: { name: priorityClass }, value: -10 })
  await client().create(classManifest(className, spec))
  await client().create(
    tenantManifest(name, { className, admins: [{ kind: 'User', name: admin }], operators: [{ kind: 'User', name: operator }] })
  )
  await waitForReady({ name })
  const namespace = `tenant-${name}-shop`
  await grantByHand(namespace, [admin, operator])
  await guarded(namespace)
  return {
    name,
    namespace,
    className,
    priorityClass,
    people: [['a cluster admin', client()], ['the admin of the tenant', as(admin)], ['an operator', as(operator)]],
    async remove () {
      await removeTenant(name)
      await removeClaims(namespace)
      await remove(classRef(className))
      await remove({ ...priority, name: priorityClass })
    }
  }
}

/** Removes finalizers of claims: no controller of the test control plane does, so the namespace would stay. */
async function removeClaims (namespace: string): Promise<void> {
  const { items } = await client().list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, { namespace })
  for (const claim of items) {
    await remove(refOf(claim))
    await client().patch(refOf(claim), { metadata: { finalizers: null } })
  }
}

/** Waits for the ServiceAccount that pods need, and until the API server enforces stored policies. */
async function guarded (namespace: string): Promise<void> {
  await eventually(async () => {
    await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace })
    await expect(
      client().create(service(namespace, { type: 'ExternalName', externalName: 'example.com' }), { dryRun: true })
    ).rejects.toThrow('does not allow Service type ExternalName')
    await client().create(service(namespace, {}), { dryRun: true })
    await client().create(pod(namespace, {}), { dryRun: true })
  })
}

/** The fields that the Pod Security Standard `restricted` requires. */
export const restricted = {
  spec: { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
  container: {
    name: 'app',
    image: 'registry.example.com/team/app:1',
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
  }
}

export function pod (namespace: string, spec: object, container: object = {}, name = 'app'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { ...restricted.spec, containers: [{ ...restricted.container, ...container }], ...spec }
  }
}

export function service (namespace: string, spec: object, name = 'web'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec }
  }
}
