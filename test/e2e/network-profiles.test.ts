import type { NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from 'kubernetes-types/networking/v1.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { standardClass } from '../support/objects.ts'
import { classManifest, classRef, createClass } from './classes.ts'
import { as, client, eventually } from './context.ts'
import { readyTenant, refIn, remove, removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

type Policy = KubeObject & { spec: NetworkPolicySpec }
const name = uniqueName('profiles')
const namespace = `tenant-${name}-shop`
const admin = as(`admin@${name}.example`)
const profiles = ['internet', 'ingress-controllers', 'monitoring', 'api-server'] as const
const clusterRanges = { pods: ['10.244.0.0/16'], services: ['10.96.0.0/12', 'fd00:10:96::/112'], nodes: ['198.51.100.0/24', '2a01:4f8:1::/48'] }
const policies = async (of: string) => {
  const { items } = await client().list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }, { namespace: of })
  return Object.fromEntries((items as Policy[]).map(({ metadata, spec }) => [metadata.name, spec]))
}

beforeAll(async () => {
  const { spec } = standardClass(spec => {
    Object.assign(spec.network, { profiles: [...profiles], clusterRanges, apiServer: { addresses: ['198.51.100.2/32'], port: 6443 } })
  })
  await client().create(classManifest(name, spec))
  await client().create(tenantManifest(name, { className: name, admins: [{ kind: 'User', name: `admin@${name}.example` }] }))
  await waitForReady({ name })
  await eventually(async () => admin.create(policy('egress', { podSelector: {} }), { dryRun: true }))
})
afterAll(async () => {
  await removeTenant(name)
  await remove(classRef(name))
})

test('a Tenant has a NetworkPolicy of each profile, and loses that of one that its class drops', async () => {
  const className = await createClass({ network: { profiles, clusterRanges, apiServer: { addresses: ['198.51.100.2/32'] } } })
  const tenant = await readyTenant({ className })
  const standard = ['allow-dns', 'allow-same-namespace', 'default-deny']
  const found = await policies(tenant.namespace)
  expect(Object.keys(found).sort()).toEqual([...standard, ...profiles.map(profile => `allow-${profile}`)].sort())
  // The port has a default.
  expect(found['allow-api-server']).toEqual({
    podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: '198.51.100.2/32' } }], ports: [{ port: 6443, protocol: 'TCP' }] }], policyTypes: ['Egress']
  })
  await client().patch(classRef(className), { spec: { network: { profiles: ['monitoring'] } } })
  await eventually(async () => expect(Object.keys(await policies(tenant.namespace)).sort()).toEqual([...standard, 'allow-monitoring'].sort()))
  await waitForReady(tenant)
  await client().patch(classRef(className), { spec: { network: { profiles: [] } } })
  await eventually(async () => expect(Object.keys(await policies(tenant.namespace)).sort()).toEqual(standard))
  await waitForReady(tenant)
  expect((await client().get(refIn(tenant, 'NetworkPolicy', 'allow-dns')) as Policy).spec.egress?.[1]?.to?.map(({ ipBlock }) => ipBlock?.cidr))
    .toEqual(['169.254.20.10/32', '10.96.0.10/32', 'fd00:10:96::a/128'])
})

function policy (direction: 'ingress' | 'egress', peer: NetworkPolicyPeer, ports?: NetworkPolicyPort[]): KubeObject {
  const rest = ports === undefined ? {} : { ports }
  const spec = direction === 'ingress' ? { ingress: [{ from: [peer], ...rest }] } : { egress: [{ to: [peer], ...rest }], policyTypes: ['Egress'] }
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'web', namespace }, spec: { podSelector: {}, ...spec } }
}

type Row = [what: string, direction: 'ingress' | 'egress', peer: NetworkPolicyPeer, ports?: NetworkPolicyPort[]]
const block = (cidr: string, ...except: string[]): NetworkPolicyPeer => ({ ipBlock: { cidr, ...(except.length > 0 && { except }) } })
const inNamespace = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } })
const excepted = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '168.63.129.16/32', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '224.0.0.0/3',
  '198.51.100.0/24'
]

describe('NetworkPolicies of members', () => {
  test.each<Row>([
    ['the internet, with its exceptions', 'egress', block('0.0.0.0/0', ...excepted)],
    ['an address on the internet', 'egress', block('1.1.1.1/32')],
    ['a network on the internet, on some ports', 'egress', block('8.8.0.0/16'), [{ port: 443, protocol: 'TCP' }]],
    ['an IPv6 address on the internet', 'egress', block('2606:4700:4700::1111/128')],
    ['ingress controllers', 'ingress', inNamespace('ingress-nginx')],
    ['monitoring, on a named port', 'ingress', inNamespace('monitoring'), [{ port: 'metrics' }]],
    ['the API server', 'egress', block('198.51.100.2/32'), [{ port: 6443, protocol: 'TCP' }]],
    ['the DNS Service', 'egress', block('10.96.0.10/32'), [{ port: 53, protocol: 'UDP' }]]
  ])('may allow %s', async (_, direction, peer, ports) => {
    expect((await admin.create(policy(direction, peer, ports), { dryRun: true }) as Policy).spec[direction]).toHaveLength(1)
  })

  test.each<Row>([
    ['all addresses', 'egress', block('0.0.0.0/0')],
    ['all addresses except most', 'egress', block('0.0.0.0/0', ...excepted.slice(0, -1))],
    ['all IPv6 addresses', 'egress', block('::/0')],
    ['pods', 'egress', block('10.244.7.0/24')],
    ['nodes', 'egress', block('198.51.100.7/32')],
    ['nodes by IPv6', 'egress', block('2a01:4f8:1::7/128')],
    ['the metadata service', 'egress', block('169.254.169.254/32'), [{ port: 80, protocol: 'TCP' }]],
    ['the API server on another port', 'egress', block('198.51.100.2/32'), [{ port: 10250, protocol: 'TCP' }]],
    ['the Service of the API server', 'egress', block('10.96.0.1/32'), [{ port: 443, protocol: 'TCP' }]],
    ['the DNS Service on another port', 'egress', block('10.96.0.10/32'), [{ port: 9153, protocol: 'TCP' }]],
    ['ingress from the internet', 'ingress', block('1.1.1.1/32')],
    ['egress to monitoring', 'egress', inNamespace('monitoring')]
  ])('may not allow %s', async (_, direction, peer, ports) => {
    await expect(admin.create(policy(direction, peer, ports), { dryRun: true })).rejects.toThrow('does not allow such peers outside of the Tenant')
  })
})
