import type { KubeClient } from '../../cluster/client.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { client } from '../context.ts'
import { dryRun } from '../guardrails/world.ts'
import { remove } from '../tenants.ts'
import { refused, type Attempt, type Hole } from './hole.ts'
import type { HoleWorld } from './world.ts'

/** Where cloud providers give machines their credentials, and the address of somebody else. */
const address = '169.254.169.254'
const foreign = '192.0.2.7'

const service = (namespace: string, spec: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec } })

const there = (namespace: string): KubeObject => ({ ...service(namespace), metadata: { name: 'there', namespace } })
const thereRef = ({ tenant: { namespace } }: HoleWorld) => ({ apiVersion: 'v1', kind: 'Service', name: 'there', namespace })

const inTenant = ({ tenant }: HoleWorld) => tenant.namespace
const who: Array<[string, (world: HoleWorld) => KubeClient]> = [['admin of a tenant', ({ admin }) => admin], ['a ServiceAccount of a tenant', ({ operator }) => operator], ['administrator of the cluster', () => client()]]

const createdBy = (by: string, tries: string, make: (namespace: string) => KubeObject, control?: (namespace: string) => KubeObject): Attempt[] => who.map(([name, clientOf]) => refused({
  tries: `${tries}, as ${name}`,
  by,
  attack: world => clientOf(world).create(make(inTenant(world)), dryRun),
  // Nearest to it: the harmless one by the same person, or the harmful one where it is nobody's tenant.
  control: world => control === undefined ? client().create(make(world.elsewhere), dryRun) : clientOf(world).create(control(inTenant(world)), dryRun)
}))

const endpoints = (namespace: string, ip: string): KubeObject => ({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web', namespace }, subsets: [{ addresses: [{ ip }], ports: [{ port: 80 }] }] })
const slice = (namespace: string, ip: string): KubeObject => ({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'web', namespace, labels: { 'kubernetes.io/service-name': 'web' } }, addressType: 'IPv4', endpoints: [{ addresses: [ip] }], ports: [{ port: 80 }] })

const podOf = (namespace: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ name: 'app', image: 'registry.example/app:1', resources: { requests: { cpu: '1m' } }, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }]
  }
})

const byPodStatus = 'k8s-mtp-workloads-pod-status'

const podStatus = (tries: string, status: object): Attempt => ({
  tries: `${tries} in the status of a pod, to be led there by a Service, exec or port-forward`,
  by: byPodStatus,
  async prove (world) {
    const name = `status-${Math.random().toString(36).slice(2, 8)}`
    const pod = { apiVersion: 'v1', kind: 'Pod', name, namespace: inTenant(world) }
    await client().create(podOf(pod.namespace, name))
    const write = async (what: object) => world.admin.patch(pod, { status: what }, { ...dryRun, subresource: 'status' })
    await refused({ tries, by: byPodStatus, attack: async () => write(status), control: async () => write({ conditions: [{ type: 'Ready', status: 'True' }] }) }).prove(world)
    await remove(pod)
  }
})

const unproxied: Attempt[] = [
  ['proxying to a pod', '/pods/web/proxy/'],
  ['proxying to a node', ''],
  ['binding a pod to a node', '/pods/web/binding']
].map(([tries = '', path = '']) => refused({
  tries: `${tries}, as admin of a tenant`,
  by: 'RBAC',
  attack: ({ admin, tenant }) => path === ''
    ? admin.request('GET', '/api/v1/nodes/node/proxy/')
    : admin.request(path.endsWith('binding') ? 'POST' : 'GET', `/api/v1/namespaces/${tenant.namespace}${path}`, path.endsWith('binding') ? { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'web' }, target: { kind: 'Node', name: 'node' } } : undefined),
  control: ({ admin, tenant }) => admin.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: tenant.namespace })
}))

export const trafficHoles: Hole[] = [
  {
    id: 'CVE-2020-8554',
    was: 'whoever may create a Service takes over the traffic to any address in the whole cluster, by spec.externalIPs or the status of a load balancer',
    here: 'external IPs and types are the class\'s to allow, and it allows none by default; no role writes the status of Services',
    attempts: [
      ...createdBy('k8s-mtp-workloads-services', 'a Service with an external IP', namespace => service(namespace, { externalIPs: [foreign] }), namespace => service(namespace)),
      ...createdBy('k8s-mtp-workloads-services', 'a Service that stands for a host', namespace => service(namespace, { type: 'ExternalName', externalName: 'evil.example', selector: null }), namespace => service(namespace)),
      refused({
        tries: 'an external IP on a Service that is there',
        by: 'k8s-mtp-workloads-services',
        attack: world => world.admin.patch(thereRef(world), { spec: { externalIPs: [foreign] } }, dryRun),
        async control (world) {
          await world.admin.apply(there(inTenant(world)), { fieldManager: 'test', force: true })
          return world.admin.patch(thereRef(world), { spec: { selector: { app: 'other' } } }, dryRun)
        }
      }),
      refused({
        tries: 'the address of a load balancer in the status of a Service',
        by: 'RBAC',
        attack: world => world.admin.patch(thereRef(world), { status: { loadBalancer: { ingress: [{ ip: foreign }] } } }, { ...dryRun, subresource: 'status' }),
        control: world => world.admin.apply(there(inTenant(world)), { fieldManager: 'test', force: true })
      })
    ]
  },
  {
    id: 'CVE-2021-25740',
    was: 'Endpoints written by hand lead ingresses, load balancers and the API server\'s proxy to addresses of other namespaces',
    here: 'addresses by hand are the class\'s to allow, and it allows none by default, in Endpoints, EndpointSlices and the status of pods; so a Service, a proxy to it and a port-forward lead to pods of the namespace',
    attempts: [
      ...createdBy('k8s-mtp-workloads-endpoints', 'Endpoints that lead to another namespace', namespace => endpoints(namespace, foreign)),
      ...createdBy('k8s-mtp-workloads-endpoints', 'Endpoints that are not ready there', namespace => ({ ...endpoints(namespace, foreign), subsets: [{ notReadyAddresses: [{ ip: '10.1.2.3' }] }] }), namespace => ({ ...endpoints(namespace, foreign), subsets: [] })),
      refused({ tries: 'an EndpointSlice, as admin of a tenant', by: 'RBAC', attack: ({ admin, tenant }) => admin.create(slice(tenant.namespace, foreign), dryRun), control: ({ admin, tenant }) => admin.list({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' }, { namespace: tenant.namespace }) }),
      refused({ tries: 'an EndpointSlice, as administrator of the cluster', by: 'k8s-mtp-workloads-endpointslices', attack: ({ tenant }) => client().create(slice(tenant.namespace, foreign), dryRun), control: ({ elsewhere }) => client().create(slice(elsewhere, foreign), dryRun) }),
      ...who.map(([name, clientOf]) => refused({
        tries: `taking the selector off a Service, so that the address of a pod of its own stays when another tenant has got it, as ${name}`,
        by: 'k8s-mtp-workloads-services',
        attack: world => clientOf(world).patch(thereRef(world), { spec: { selector: null } }, dryRun),
        async control (world) {
          await client().apply(there(inTenant(world)), { fieldManager: 'test', force: true })
          return clientOf(world).patch(thereRef(world), { spec: { selector: { app: 'other', track: 'stable' } } }, dryRun)
        }
      })),
      ...createdBy('k8s-mtp-workloads-services', 'a Service without a selector, for the addresses that one deleted with --cascade=orphan has left behind', namespace => service(namespace, { selector: null }), namespace => service(namespace)),
      podStatus('the address of somebody else', { podIP: foreign, podIPs: [{ ip: foreign }] }),
      podStatus('the address of a host', { hostIP: '10.0.0.1', hostIPs: [{ ip: '10.0.0.1' }] }),
      podStatus('the address of the cloud provider', { podIP: address, podIPs: [{ ip: address }] }),
      ...unproxied
    ]
  }
]
