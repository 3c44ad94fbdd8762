import type { KubeClient } from '../../cluster/client.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { client } from '../context.ts'
import { dryRun } from '../guardrails/world.ts'
import { remove } from '../tenants.ts'
import { refused, type Attempt, type Advisory } from './advisory.ts'
import type { AdvisoryWorld } from './world.ts'

/** The metadata service of cloud providers, which has credentials of the machine, and an address outside of the Tenant. */
const address = '169.254.169.254'
const foreign = '192.0.2.7'

const service = (namespace: string, spec: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec } })

const existing = (namespace: string): KubeObject => ({ ...service(namespace), metadata: { name: 'existing', namespace } })
const existingRef = ({ tenant: { namespace } }: AdvisoryWorld) => ({ apiVersion: 'v1', kind: 'Service', name: 'existing', namespace })

const inTenant = ({ tenant }: AdvisoryWorld) => tenant.namespace
const who: Array<[string, (world: AdvisoryWorld) => KubeClient]> = [['admin of a Tenant', ({ admin }) => admin], ['a ServiceAccount of a Tenant', ({ operator }) => operator], ['cluster administrator', () => client()]]

const createdBy = (stoppedBy: string, action: string, make: (namespace: string) => KubeObject, control?: (namespace: string) => KubeObject): Attempt[] => who.map(([name, clientOf]) => refused({
  action: `${action}, as ${name}`,
  stoppedBy,
  attack: world => clientOf(world).create(make(inTenant(world)), dryRun),
  // A harmless object by the same user, or the harmful one in an unmanaged namespace.
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

const podStatus = (action: string, status: object): Attempt => ({
  action: `${action} in the status of a pod, as a target of Services, exec or port-forward`,
  stoppedBy: byPodStatus,
  async verify (world) {
    const name = `status-${Math.random().toString(36).slice(2, 8)}`
    const pod = { apiVersion: 'v1', kind: 'Pod', name, namespace: inTenant(world) }
    await client().create(podOf(pod.namespace, name))
    const write = async (what: object) => world.admin.patch(pod, { status: what }, { ...dryRun, subresource: 'status' })
    await refused({ action, stoppedBy: byPodStatus, attack: async () => write(status), control: async () => write({ conditions: [{ type: 'Ready', status: 'True' }] }) }).verify(world)
    await remove(pod)
  }
})

const unproxied: Attempt[] = [
  ['a proxy to a pod', '/pods/web/proxy/'],
  ['a proxy to a node', ''],
  ['the binding of a pod to a node', '/pods/web/binding']
].map(([action = '', path = '']) => refused({
  action: `${action}, as admin of a Tenant`,
  stoppedBy: 'RBAC',
  attack: ({ admin, tenant }) => path === ''
    ? admin.request('GET', '/api/v1/nodes/node/proxy/')
    : admin.request(path.endsWith('binding') ? 'POST' : 'GET', `/api/v1/namespaces/${tenant.namespace}${path}`, path.endsWith('binding') ? { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'web' }, target: { kind: 'Node', name: 'node' } } : undefined),
  control: ({ admin, tenant }) => admin.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: tenant.namespace })
}))

export const trafficAdvisories: Advisory[] = [
  {
    id: 'CVE-2020-8554',
    vulnerability: 'users who may create a Service take over the traffic of the cluster to any address, by spec.externalIPs or the status of a load balancer',
    mitigation: 'the TenantClass allows external IPs and types, none by default; no role writes the status of Services',
    attempts: [
      ...createdBy('k8s-mtp-workloads-services', 'a Service with an external IP', namespace => service(namespace, { externalIPs: [foreign] }), namespace => service(namespace)),
      ...createdBy('k8s-mtp-workloads-services', 'a Service of type ExternalName', namespace => service(namespace, { type: 'ExternalName', externalName: 'evil.example', selector: null }), namespace => service(namespace)),
      refused({
        action: 'an external IP on an existing Service',
        stoppedBy: 'k8s-mtp-workloads-services',
        attack: world => world.admin.patch(existingRef(world), { spec: { externalIPs: [foreign] } }, dryRun),
        async control (world) {
          await world.admin.apply(existing(inTenant(world)), { fieldManager: 'test', force: true })
          return world.admin.patch(existingRef(world), { spec: { selector: { app: 'other' } } }, dryRun)
        }
      }),
      refused({
        action: 'the address of a load balancer in the status of a Service',
        stoppedBy: 'RBAC',
        attack: world => world.admin.patch(existingRef(world), { status: { loadBalancer: { ingress: [{ ip: foreign }] } } }, { ...dryRun, subresource: 'status' }),
        control: world => world.admin.apply(existing(inTenant(world)), { fieldManager: 'test', force: true })
      })
    ],
    tests: [{ file: 'test/e2e/terminating-namespaces.test.ts', title: 'no user sets $it ($rule)' }]
  },
  {
    id: 'CVE-2021-25740',
    vulnerability: 'Endpoints of users route ingresses, load balancers and the proxy of the API server to addresses of other namespaces',
    mitigation: 'the TenantClass allows addresses in Endpoints and EndpointSlices, none by default, and users do not set the addresses of pods; so a Service, a proxy to it and a port-forward reach pods of the namespace',
    attempts: [
      ...createdBy('k8s-mtp-workloads-endpoints', 'Endpoints with an address of another namespace', namespace => endpoints(namespace, foreign)),
      ...createdBy('k8s-mtp-workloads-endpoints', 'unready Endpoints with an address of another namespace', namespace => ({ ...endpoints(namespace, foreign), subsets: [{ notReadyAddresses: [{ ip: '10.1.2.3' }] }] }), namespace => ({ ...endpoints(namespace, foreign), subsets: [] })),
      refused({ action: 'an EndpointSlice, as admin of a Tenant', stoppedBy: 'RBAC', attack: ({ admin, tenant }) => admin.create(slice(tenant.namespace, foreign), dryRun), control: ({ admin, tenant }) => admin.list({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' }, { namespace: tenant.namespace }) }),
      refused({ action: 'an EndpointSlice, as cluster administrator', stoppedBy: 'k8s-mtp-workloads-endpointslices', attack: ({ tenant }) => client().create(slice(tenant.namespace, foreign), dryRun), control: ({ elsewhere }) => client().create(slice(elsewhere, foreign), dryRun) }),
      ...who.map(([name, clientOf]) => refused({
        action: `removal of the selector of a Service, to keep the address of a pod until another Tenant gets it, as ${name}`,
        stoppedBy: 'k8s-mtp-workloads-services',
        attack: world => clientOf(world).patch(existingRef(world), { spec: { selector: null } }, dryRun),
        async control (world) {
          await client().apply(existing(inTenant(world)), { fieldManager: 'test', force: true })
          return clientOf(world).patch(existingRef(world), { spec: { selector: { app: 'other', track: 'stable' } } }, dryRun)
        }
      })),
      ...createdBy('k8s-mtp-workloads-services', 'a Service without a selector, for the addresses of one deleted with --cascade=orphan', namespace => service(namespace, { selector: null }), namespace => service(namespace)),
      podStatus('an address outside of the Tenant', { podIP: foreign, podIPs: [{ ip: foreign }] }),
      podStatus('the address of a host', { hostIP: '10.0.0.1', hostIPs: [{ ip: '10.0.0.1' }] }),
      podStatus('the address of the metadata service', { podIP: address, podIPs: [{ ip: address }] }),
      ...unproxied
    ]
  }
]
