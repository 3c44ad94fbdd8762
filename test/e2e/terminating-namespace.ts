import { expect } from 'vitest'
import type { PatchOptions } from '../cluster/client.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { breakGlass, client, eventually } from './context.ts'
import { guardedTenant, pod, restricted, service, type GuardedTenant } from './guarded-tenant.ts'
import { refIn, remove, tenantRef } from './tenants.ts'

const finalizers = ['k8s-mtp.example/kept']

/** An object in the namespace, by kind. */
type Kept = 'Service' | 'Endpoints' | 'EndpointSlice' | 'Ingress' | 'NetworkPolicy' | 'PersistentVolumeClaim' | 'Pod'

const apiVersions: Record<Kept, string> = {
  Service: 'v1',
  Endpoints: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PersistentVolumeClaim: 'v1',
  Pod: 'v1'
}

/** Differs by kind: an endpoint controller writes Endpoints with the name of a Service. */
const nameOf = (kind: string) => `kept-${kind.toLowerCase()}`

/** Except the claim, they use what the class allows. A claim that has a class cannot change it anyway. */
function objectsIn (namespace: string): KubeObject[] {
  const metadata = { name: '', namespace }
  const made: KubeObject[] = [
    service(namespace, { externalIPs: ['192.0.2.7', '192.0.2.8'] }),
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata,
      subsets: [{ addresses: [{ ip: '10.20.0.1' }, { ip: '10.20.0.2' }], ports: [{ port: 80 }] }]
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata,
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.20.0.1'] }, { addresses: ['10.20.0.2'] }],
      ports: [{ port: 80 }]
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata,
      spec: { ingressClassName: 'nginx', defaultBackend: { service: { name: 'web', port: { number: 80 } } } }
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    },
    pod(namespace, {})
  ]
  return made.map(object => ({ ...object, metadata: { ...object.metadata, name: nameOf(object.kind), finalizers } }))
}

export interface TerminatingNamespace {
  tenant: GuardedTenant
  ref: (kind: Kept) => ObjectRef
  /** Removes all finalizers, and waits until the namespace is gone. */
  finish: () => Promise<void>
}

/**
 * Deletes a Tenant, so that its namespace terminates with an object of each guarded kind and without a WorkloadPolicy.
 * The namespace controller deletes pods first, so break-glass deletes the WorkloadPolicy beside a pod.
 */
export async function terminatingNamespace (): Promise<TerminatingNamespace> {
  const tenant = await guardedTenant({ selfService: { permissions: false, networkPolicies: { ruleWithoutPeers: 'Narrow' } } })
  const { namespace } = tenant
  for (const object of objectsIn(namespace)) await eventually(() => breakGlass().create(object))
  const ref = (kind: Kept): ObjectRef => ({ apiVersion: apiVersions[kind], kind, namespace, name: nameOf(kind) })
  await breakGlass().patch(
    ref('Pod'), { status: { phase: 'Running', podIP: '10.20.0.9', podIPs: [{ ip: '10.20.0.9' }] } }, { subresource: 'status' }
  )
  await client().delete(tenantRef(tenant.name))
  const namespaceRef = { apiVersion: 'v1', kind: 'Namespace', name: namespace }
  await eventually(async () => expect((await client().get(namespaceRef)).metadata).toHaveProperty('deletionTimestamp'))
  const policy = refIn(tenant, 'WorkloadPolicy', 'tenant-workloads')
  await remove(policy)
  expect(await client().find(policy)).toBeUndefined()
  return {
    tenant,
    ref,
    async finish () {
      for (const kind of Object.keys(apiVersions) as Kept[]) { // the keys of the literal above
        await client().delete(ref(kind), { gracePeriodSeconds: 0 })
        await client().patch(ref(kind), { metadata: { finalizers: null } })
      }
      await eventually(async () => expect(await client().find(namespaceRef)).toBeUndefined(), { timeout: 90_000 })
      await tenant.remove()
    }
  }
}

interface Change { ref: Kept, patch: object, options?: PatchOptions }
interface FrozenChange extends Change { rule: string, it: string, says: string }

const status: PatchOptions = { subresource: 'status' }
const debug: PatchOptions = { type: 'strategic', subresource: 'ephemeralcontainers' }
const ephemeral = (image: string) => ({
  spec: {
    ephemeralContainers: [{ name: 'debug', image, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }]
  }
})

const frozen = (rule: string, says: string, rows: Array<[it: string, ref: Kept, patch: object, options?: PatchOptions]>): FrozenChange[] =>
  rows.map(([it, ref, patch, options]) => ({
    rule: `terminating-namespaces/${rule}`, says, it, ref, patch, ...(options !== undefined && { options })
  }))

/** Some use values that the class allows: without the WorkloadPolicy nothing can be compared with the class. */
export const frozenChanges: FrozenChange[] = [
  ...frozen('services', 'another type, external name, cluster IP, load balancer IP or selector, or a new external IP or reaching annotation, of a Service', [
    ['an external IP', 'Service', { spec: { externalIPs: ['8.8.8.8'] } }],
    ['a further external IP', 'Service', { spec: { externalIPs: ['192.0.2.7', '192.0.2.8', '2001:4860:4860::8888'] } }],
    ['the type NodePort', 'Service', { spec: { type: 'NodePort' } }],
    ['the type LoadBalancer', 'Service', { spec: { type: 'LoadBalancer' } }],
    [
      'the type ExternalName', 'Service',
      { spec: { type: 'ExternalName', externalName: 'evil.example.com', clusterIP: null, clusterIPs: null } }
    ],
    ['a load balancer IP', 'Service', { spec: { loadBalancerIP: '198.51.100.1' } }],
    ['a second cluster IP', 'Service', { spec: { ipFamilyPolicy: 'RequireDualStack' } }],
    ['an annotation for a load balancer', 'Service', { metadata: { annotations: { 'metallb.io/loadBalancerIPs': '198.51.100.1' } } }],
    ['no selector', 'Service', { spec: { selector: null } }],
    ['another selector', 'Service', { spec: { selector: { app: 'other' } } }]
  ]),
  ...frozen('endpoints', 'a new address in Endpoints', [
    ['the metadata service', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.96.0.1' }], ports: [{ port: 80 }] }] }],
    [
      'a further address that is not ready', 'Endpoints',
      { subsets: [{ addresses: [{ ip: '10.20.0.1' }], notReadyAddresses: [{ ip: '10.20.0.3' }], ports: [{ port: 80 }] }] }
    ]
  ]),
  ...frozen('endpoint-slices', 'a new address in an EndpointSlice', [
    ['another address', 'EndpointSlice', { endpoints: [{ addresses: ['10.96.0.1'] }] }],
    ['a further address', 'EndpointSlice', { endpoints: [{ addresses: ['10.20.0.1'] }, { addresses: ['10.20.0.3'] }] }]
  ]),
  ...frozen('ingresses', 'another IngressClass or host, or a reaching annotation', [
    ['another class', 'Ingress', { spec: { ingressClassName: 'internal' } }],
    ['no class', 'Ingress', { spec: { ingressClassName: null } }],
    ['a host', 'Ingress', { spec: { rules: [{ host: 'shop.example.com' }] } }],
    ['a certificate of a host', 'Ingress', { spec: { tls: [{ hosts: ['shop.example.com'] }] } }],
    ['a snippet', 'Ingress', { metadata: { annotations: { 'nginx.ingress.kubernetes.io/server-snippet': 'return 200;' } } }],
    ['another class in the annotation', 'Ingress', { metadata: { annotations: { 'kubernetes.io/ingress.class': 'internal' } } }]
  ]),
  ...frozen('network-policies', 'other traffic of a NetworkPolicy', [
    ['all traffic', 'NetworkPolicy', { spec: { ingress: [{}] } }],
    ['all namespaces', 'NetworkPolicy', { spec: { ingress: [{ from: [{ namespaceSelector: {} }] }] } }],
    ['another network', 'NetworkPolicy', { spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] } }],
    ['other pods', 'NetworkPolicy', { spec: { podSelector: { matchLabels: { app: 'web' } } } }]
  ]),
  ...frozen('volume-claims', 'another StorageClass, VolumeAttributesClass or volume of a volume claim', [
    ['a class', 'PersistentVolumeClaim', { spec: { storageClassName: 'fast' } }],
    ['a volume', 'PersistentVolumeClaim', { spec: { volumeName: 'data-of-others' } }],
    ['a class that was allowed', 'PersistentVolumeClaim', { spec: { storageClassName: 'standard' } }]
  ]),
  ...frozen('images', 'a new image or ephemeral container of a pod', [
    ['another image', 'Pod', { spec: { containers: [{ ...restricted.container, name: 'app', image: 'evil.example.com/app' }] } }, { type: 'strategic' }],
    ['an ephemeral container', 'Pod', ephemeral('evil.example.com/debug'), debug],
    ['an ephemeral container with the same image', 'Pod', ephemeral(restricted.container.image), debug]
  ])
]

/** Changes that need no other rule in a terminating namespace, since the guardrail has no parameter. */
export const podStatusChanges: FrozenChange[] = frozen('', 'Change status.conditions only', [
  ['another pod address', 'Pod', { status: { podIP: '10.30.0.1', podIPs: [{ ip: '10.30.0.1' }] } }, status],
  ['a second pod address', 'Pod', { status: { podIPs: [{ ip: '10.20.0.9' }, { ip: '2001:db8:9::1' }] } }, status],
  ['a host address', 'Pod', { status: { hostIP: '10.0.0.1', hostIPs: [{ ip: '10.0.0.1' }] } }, status],
  ['no pod address', 'Pod', { status: { podIP: null, podIPs: null } }, status],
  ['a message', 'Pod', { status: { message: 'ending' } }, status],
  ['the phase Succeeded', 'Pod', { status: { phase: 'Succeeded' } }, status],
  ['the phase Failed', 'Pod', { status: { phase: 'Failed' } }, status]
]).map(change => ({ ...change, rule: 'workloads-pod-status/fields' }))

export const terminatingRules = [...new Set(frozenChanges.map(({ rule }) => rule))]

/** Changes that cleanup needs, or that take something away. */
export const cleanupChanges: Array<Change & { it: string }> = [
  ...(Object.keys(apiVersions) as Kept[]).flatMap(ref => [
    { it: `the finalizers of a ${ref}`, ref, patch: { metadata: { finalizers: null } } },
    { it: `a label of a ${ref}`, ref, patch: { metadata: { labels: { changed: 'yes' } } } }
  ]),
  { it: 'fewer external IPs', ref: 'Service', patch: { spec: { externalIPs: ['192.0.2.8'] } } },
  { it: 'no external IPs', ref: 'Service', patch: { spec: { externalIPs: null } } },
  { it: 'the status of a Service', ref: 'Service', patch: { status: { loadBalancer: {} } }, options: status },
  { it: 'fewer Endpoints', ref: 'Endpoints', patch: { subsets: [{ addresses: [{ ip: '10.20.0.2' }], ports: [{ port: 80 }] }] } },
  { it: 'no Endpoints', ref: 'Endpoints', patch: { subsets: null } },
  { it: 'an endpoint that is not ready', ref: 'EndpointSlice', patch: { endpoints: [{ addresses: ['10.20.0.2'], conditions: { ready: false } }] } },
  { it: 'the status of an Ingress', ref: 'Ingress', patch: { status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } } }, options: status },
  { it: 'the status of a claim', ref: 'PersistentVolumeClaim', patch: { status: { phase: 'Lost' } }, options: status },
  { it: 'the conditions of a pod', ref: 'Pod', patch: { status: { conditions: [{ type: 'Ready', status: 'False' }] } }, options: status }
]
