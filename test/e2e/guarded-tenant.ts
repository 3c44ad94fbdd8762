import { expect } from 'vitest'
import type { SelfService } from '../../src/api/self-service.ts'
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

const gatewayKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'Gateway']

const everything = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']
const alsoByHand = [
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: everything },
  { apiGroups: [''], resources: ['pods/ephemeralcontainers', 'pods/resize', 'pods/eviction'], verbs: everything },
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: everything },
  { apiGroups: ['resource.k8s.io'], resources: ['resourceclaims', 'resourceclaimtemplates'], verbs: everything },
  { apiGroups: ['gateway.networking.k8s.io'], resources: gatewayKinds.map(kind => `${kind.toLowerCase()}s`), verbs: everything }
]

const guardedWorkloads = {
  services: { types: ['ClusterIP' as const, 'LoadBalancer' as const], externalIPs: ['192.0.2.0/24', '2001:db8::/64'] },
  endpoints: { addresses: ['10.20.0.0/16', '2001:db8:1::/64'] },
  pods: {
    tolerations: [{ key: 'pool', value: 'shared', effect: 'NoSchedule' }, { key: 'any-effect' }, { key: 'no-value', value: '' }],
    schedulers: ['default-scheduler', 'batch-scheduler'],
    csiDrivers: ['secrets-store.csi.k8s.io'],
    imagePullPolicies: ['Always', 'IfNotPresent'],
    maxContainers: 100
  },
  hostNames: ['*.{tenant}.apps.example.com', 'shop.example.com'],
  ingressClasses: ['nginx'],
  gatewayClasses: ['internal'],
  volumeAttributesClasses: ['gold'],
  deviceClasses: ['gpu.example.com'],
  storageClasses: ['standard'],
  imageRegistries: ['registry.example.com/team', 'docker.io/library', 'mirror.example.com:5000']
}

/** The kinds of the Gateway API, with any content. Only the names matter to the guardrails. */
async function installGatewayKinds (): Promise<void> {
  const group = 'gateway.networking.k8s.io'
  await Promise.all(gatewayKinds.map(async kind => {
    const plural = `${kind.toLowerCase()}s`
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
    await client().apply({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}`, annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' } },
      spec: { group, scope: 'Namespaced', names: { kind, plural }, versions: [{ name: 'v1', served: true, storage: true, schema }] }
    }, { fieldManager: 'test' })
  }))
}

const forbiddenByDefault = {
  replicationcontrollers: '9', 'count/resourceclaims.resource.k8s.io': '9', 'count/resourceclaimtemplates.resource.k8s.io': '9'
}

interface Guarded {
  workloads?: object
  quotas?: Record<string, string>
  selfService?: SelfService
}

export async function guardedTenant (
  { workloads = {}, quotas = { 'services.nodeports': '9' }, selfService = { permissions: false } }: Guarded = {}
): Promise<GuardedTenant> {
  const [name, className, priorityClass] = [uniqueName(), uniqueName('guarded'), uniqueName('batch')]
  const [admin, operator] = [`admin@${name}.example`, `operator@${name}.example`]
  const { spec } = defaultClass(spec => {
    Object.assign(spec.quotas['tenant-objects'] ?? {}, { 'services.loadbalancers': '9', ...forbiddenByDefault, ...quotas })
    const pods = { ...guardedWorkloads.pods, runtimeClasses: [priorityClass] }
    spec.network.policies = [{ name: 'allow-monitoring', ingress: [{ peers: [{ namespace: 'monitoring' }] }] }]
    Object.assign(spec.workloads, guardedWorkloads, { pods, priorityClasses: [priorityClass] }, workloads)
    spec.selfService = selfService
  })
  const classes = [priorityClass, `${priorityClass}-other`].flatMap((name): KubeObject[] => [
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: -10 },
    { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler: 'any' }
  ])
  for (const each of classes) await client().create(each)
  await installGatewayKinds()
  await client().create(classManifest(className, spec))
  await client().create(
    tenantManifest(name, { className, admins: [{ kind: 'User', name: admin }], operators: [{ kind: 'User', name: operator }] })
  )
  await waitForReady({ name })
  const namespace = `tenant-${name}-shop`
  await grantByHand(namespace, [admin, operator])
  await guarded(namespace, spec.workloads.pods.nodeSelector)
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
      for (const each of classes) await remove(refOf(each))
    }
  }
}

/** Removes finalizers of claims: no controller of the test control plane does, so the namespace would stay. */
export async function removeClaims (namespace: string): Promise<void> {
  const { items } = await client().list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, { namespace })
  for (const claim of items) {
    await remove(refOf(claim))
    await client().patch(refOf(claim), { metadata: { finalizers: null } })
  }
}

/** Waits for the ServiceAccount that pods need, and until the API server enforces stored policies. */
async function guarded (namespace: string, nodeSelector: object): Promise<void> {
  await eventually(async () => {
    await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace })
    await expect(
      client().create(service(namespace, { type: 'ExternalName', externalName: 'example.com' }), { dryRun: true })
    ).rejects.toThrow('does not allow Service type ExternalName')
    await client().create(service(namespace, {}), { dryRun: true })
    await client().create(pod(namespace, { nodeSelector }), { dryRun: true })
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
