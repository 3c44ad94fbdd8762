import { garbageCollector } from '../../../src/guardrails/actors.ts'
import { defaultParties } from '../../../src/guardrails/guardrail.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'

/**
 * Objects about as large as etcd stores, 1.5 MiB, with as many items as fit, and metadata up to the limits of the API server:
 * 256 KiB of annotations. Each has its namespace, and no other object of its kind is needed.
 */
export interface LargeObject {
  name: string
  object: KubeObject
  /** True: updates are measured also if the guardrails refuse the object to tenants, since a controller or an earlier version made it. */
  isCreatedByOthers?: boolean
  /** Merge patches of the object once it exists. */
  updates: Record<string, { change: object | ((object: KubeObject) => object), subresource?: string, user?: string }>
}

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))
const entries = (count: number, value = 'x') => Object.fromEntries(many(count, index => [`l${index}`, value]))
const addressesFrom = (start: number, count: number, network: number) =>
  many(count, index => [network, (start + index) >> 16, ((start + index) >> 8) & 255, (start + index) & 255].join('.'))
const addresses = (count: number, network: number) => addressesFrom(0, count, network)

const managed = (manager: string, fieldsV1: object) =>
  ({ manager, operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', time: '2026-11-22T12:00:00Z', fieldsV1 })

const metadata: Record<string, object> = {
  labels: { labels: entries(20_000) },
  'short annotations': { annotations: entries(20_000) },
  'long annotations': { annotations: entries(500, 'x'.repeat(480)) },
  finalizers: { finalizers: many(30_000, index => `example.com/${index}`) },
  owners: { ownerReferences: many(8_000, index => ({ apiVersion: 'v1', kind: 'ConfigMap', name: `c${index}`, uid: `${index}` })) },
  'field managers': { managedFields: many(3_000, index => managed(`m${index}`, { 'f:data': {} })) },
  'managed fields': { managedFields: [managed('m', { 'f:data': Object.fromEntries(many(20_000, index => [`f:k${index}`, {}])) })] }
}

const label = { change: { metadata: { labels: { changed: 'x' } } } }

/** One object of each kind for each large field of its metadata. One label changes, and nothing else. */
export function withLargeMetadata (objects: KubeObject[]): LargeObject[] {
  return objects.flatMap(object => Object.entries(metadata).map(([field, large]) => ({
    name: `${object.kind} with ${field}`,
    object: { ...object, metadata: { ...object.metadata, ...large } },
    updates: { 'one label': label }
  })))
}

const image = (index: number, tag: string) => `registry.example.com/a-team/of-a-department/application-${index}:${tag}`
const containers = (count: number, tag = 'v1') => many(count, index => ({ name: `c${index}`, image: image(index, tag) }))

const tolerations = (count: number) => many(count, index => ({ key: `example.com/key-${index}`, operator: 'Exists' }))

/** With the defaults of the API server: nothing else in the spec may change. */
function withOtherImages ({ spec }: KubeObject): object {
  const { containers: existing } = spec as { containers: Array<{ image: string }> }
  return { spec: { containers: existing.map(container => ({ ...container, image: `${container.image}.1` })) } }
}

/** With names as long as the API server allows them. */
const subjects = (count: number) => Object.fromEntries(many(count, index => `user-${index}-${'x'.repeat(200)}`)
  .map(name => [`User//${name}`, { kind: 'User', name }]))

/** The garbage collector cannot look up an owner of an unknown kind, so it leaves the object. */
const owner = { apiVersion: 'example.com/v1', kind: 'Unknown', name: 'x', uid: 'x' }

const meta = (namespace: string) => ({ name: 'large', namespace })
const networking = { apiVersion: 'networking.k8s.io/v1' }
/** Peers and ports that only the last of a class fits. */
const lastPeers = (count: number) => many(count, index => ({
  ipBlock: { cidr: `10.15.14.${index}/32`, except: [] }
}))
const lastPorts = (count: number) => many(count, index => ({ port: 1000 + index }))

export function largeObjects (namespace: string): LargeObject[] {
  const metadata = meta(namespace)
  return [
    {
      name: 'Pod of 1,500 containers and 1,500 init containers',
      isCreatedByOthers: true,
      object: { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: containers(1_500), initContainers: containers(1_500).map(each => ({ ...each, name: `i${each.name}` })) } },
      updates: {
        'one label': label,
        'all images': { change: withOtherImages },
        '1,000 ephemeral containers': {
          subresource: 'ephemeralcontainers',
          change: { spec: { ephemeralContainers: containers(1_000, 'v3').map(each => ({ ...each, name: `e${each.name}` })) } }
        },
        'a status': {
          subresource: 'status',
          change: { status: { conditions: many(5_000, index => ({ type: `example.com/${index}`, status: 'True' })), podIP: '10.0.0.1' } }
        }
      }
    },
    {
      name: 'Pod of 1,000 image volumes',
      isCreatedByOthers: true,
      object: { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: containers(1), volumes: many(1_000, index => ({ name: `v${index}`, image: { reference: image(index, 'v1') } })) } },
      updates: { 'one label': label }
    },
    {
      name: 'Pod of 10,000 tolerations',
      isCreatedByOthers: true,
      object: { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: containers(1), tolerations: tolerations(10_000) } },
      updates: { 'one label': label, 'one toleration': { change: { spec: { tolerations: tolerations(10_001) } } } }
    },
    {
      name: 'Deployment of 1,500 containers and 1,500 tolerations',
      isCreatedByOthers: true,
      object: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'large' } },
          template: { metadata: { labels: { app: 'large' } }, spec: { containers: containers(1_500), tolerations: tolerations(1_500) } }
        }
      },
      updates: { 'one label': label, 'the template': { change: { spec: { template: { spec: { hostname: 'other' } } } } } }
    },
    {
      name: 'Service of 20,000 external IPs',
      isCreatedByOthers: true,
      object: { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'web' }, ports: [{ port: 80 }], externalIPs: addresses(20_000, 192) } },
      updates: { 'one label': label, 'one external IP': { change: { spec: { externalIPs: [...addresses(20_000, 192), '10.0.0.1'] } } }, 'all external IPs': { change: { spec: { externalIPs: addresses(20_000, 10) } } } }
    },
    {
      name: 'Service of 2,000 ports and a selector of 20,000 labels',
      object: { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: entries(20_000), ports: many(2_000, index => ({ name: `p${index}`, port: index + 1 })) } },
      updates: { 'one label': label, 'the selector': { change: { spec: { selector: { l1: 'y' } } } } }
    },
    {
      name: 'Endpoints of 40,000 addresses',
      isCreatedByOthers: true,
      object: { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [{ addresses: addresses(40_000, 10).map(ip => ({ ip })), ports: [{ port: 80 }] }] },
      updates: { 'one label': label, 'all addresses': { change: { subsets: [{ addresses: addresses(40_000, 11).map(ip => ({ ip })), ports: [{ port: 80 }] }] } } }
    },
    {
      name: 'Endpoints of 10,000 subsets',
      isCreatedByOthers: true,
      object: { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: addresses(10_000, 10).map(ip => ({ addresses: [{ ip }], ports: [{ port: 80 }] })) },
      updates: { 'one label': label, 'all addresses': { change: { subsets: addresses(10_000, 11).map(ip => ({ addresses: [{ ip }], ports: [{ port: 80 }] })) } } }
    },
    {
      name: 'EndpointSlice of 90,000 addresses',
      isCreatedByOthers: true,
      object: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints: many(900, index => ({ addresses: addressesFrom(index * 100, 100, 10) })) },
      updates: { 'one label': label, 'all addresses': { change: { endpoints: many(900, index => ({ addresses: addressesFrom(index * 100, 100, 11) })) } } }
    },
    {
      name: 'Ingress of 8,000 rules',
      isCreatedByOthers: true,
      object: { ...networking, kind: 'Ingress', metadata, spec: { rules: many(8_000, index => ({ host: `h${index}.example.com` })), defaultBackend: { service: { name: 'a', port: { number: 80 } } } } },
      updates: {
        'one label': label,
        'all hosts': { change: { spec: { rules: many(8_000, index => ({ host: `h${index}.example.org` })) } } },
        'hosts of certificates': { change: { spec: { tls: many(400, index => ({ hosts: many(20, host => `h${host}-${index}.example.com`) })) } } }
      }
    },
    {
      name: 'NetworkPolicy of 15,000 peers',
      object: { ...networking, kind: 'NetworkPolicy', metadata, spec: { podSelector: {}, ingress: [{ from: addresses(15_000, 10).map(ip => ({ ipBlock: { cidr: `${ip}/32` } })) }] } },
      updates: { 'one label': label, 'one peer': { change: { spec: { ingress: [{ from: addresses(15_001, 10).map(ip => ({ ipBlock: { cidr: `${ip}/32` } })) }] } } } }
    },
    {
      name: 'NetworkPolicy of 15,000 rules without peers',
      object: { ...networking, kind: 'NetworkPolicy', metadata, spec: { podSelector: {}, ingress: many(15_000, port => ({ ports: [{ port: port + 1 }] })) } },
      updates: { 'one label': label }
    },
    {
      name: 'NetworkPolicy of as many peers and ports as are compared',
      object: { ...networking, kind: 'NetworkPolicy', metadata, spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: lastPeers(16), ports: lastPorts(16) }] } },
      updates: {
        'one label': label,
        'all peers': { change: { spec: { egress: [{ to: lastPeers(15), ports: lastPorts(16) }] } } },
        'all rules': { change: { spec: { egress: many(16, index => ({ to: lastPeers(1), ports: lastPorts(16).slice(index, index + 1) })) } } }
      }
    },
    {
      name: 'Role of 10,000 rules',
      object: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules: many(10_000, index => ({ apiGroups: ['example.com'], resources: [`r${index}`], verbs: ['get'] })) },
      updates: { 'one label': label, 'all rules': { change: { rules: many(10_000, index => ({ apiGroups: ['example.com'], resources: [`r${index}`], verbs: ['list'] })) } } }
    },
    {
      name: 'RoleBinding of 12,000 subjects',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'large' },
        subjects: many(12_000, index => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `u${index}` }))
      },
      updates: { 'one label': label }
    },
    {
      name: 'RoleBinding of 12,000 ServiceAccounts',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'large' },
        subjects: many(12_000, index => ({ kind: 'ServiceAccount', name: `u${index}`, namespace }))
      },
      updates: { 'one label': label }
    },
    {
      name: 'TenantNamespace of 768 subjects',
      isCreatedByOthers: true,
      object: {
        apiVersion: 'k8s-mtp.dev/v1',
        kind: 'TenantNamespace',
        metadata: { name: 'large.dev', labels: { 'k8s-mtp.dev/tenant': 'large' }, ownerReferences: [owner] },
        spec: { className: 'large', ...Object.fromEntries(['admins', 'operators', 'viewers'].map(role => [role, subjects(256)])) }
      },
      updates: {
        'one label': label,
        'all viewers': { change: { spec: { viewers: null } } },
        'all viewers, by Metacontroller,': { change: { spec: { viewers: null } }, user: defaultParties.engine },
        'the owners, by the garbage collector,': { change: { metadata: { ownerReferences: null } }, user: garbageCollector[0] ?? '' }
      }
    },
    {
      name: 'ResourceQuota of 10,000 resources',
      object: { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: Object.fromEntries(many(10_000, index => [`count/r${index}.example.com`, '1'])) } },
      updates: { 'one label': label, 'a status': { subresource: 'status', change: { status: { hard: { pods: '1' } } } } }
    },
    {
      name: 'Event with a long message',
      object: { apiVersion: 'v1', kind: 'Event', metadata, involvedObject: { namespace }, message: 'x'.repeat(1_000_000), type: 'Normal' },
      updates: { 'one label': label }
    },
    {
      name: 'Secret of 20,000 keys',
      object: { apiVersion: 'v1', kind: 'Secret', metadata, data: entries(20_000, 'eA==') },
      updates: { 'one label': label }
    }
  ]
}

/** The kinds whose metadata guardrails read. */
export const plainObjects = (namespace: string): KubeObject[] => [
  { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', metadata: { name: 'large.dev' }, spec: { className: 'large' } },
  { ...networking, kind: 'NetworkPolicy', metadata: meta(namespace), spec: { podSelector: {} } },
  { apiVersion: 'v1', kind: 'Pod', metadata: meta(namespace), spec: { containers: containers(1) } },
  { ...networking, kind: 'Ingress', metadata: meta(namespace), spec: { defaultBackend: { service: { name: 'a', port: { number: 80 } } } } },
  { apiVersion: 'v1', kind: 'Event', metadata: meta(namespace), involvedObject: { namespace }, type: 'Normal' },
  { apiVersion: 'v1', kind: 'Secret', metadata: meta(namespace) },
  { apiVersion: 'v1', kind: 'Service', metadata: meta(namespace), spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }
]
