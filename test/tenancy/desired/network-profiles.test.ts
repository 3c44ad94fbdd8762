import { describe, expect, it } from 'vitest'
import { networkProfiles, type NetworkProfile } from '../../../src/api/network-profiles.ts'
import type { Network } from '../../../src/api/network.ts'
import { networkPolicyBounds } from '../../../src/tenancy/desired/network-policy-bounds.ts'
import { networkPolicies } from '../../../src/tenancy/desired/network-policy.ts'
import { defaultClass } from '../../support/objects.ts'

const placement = { namespace: 'tenant-acme-shop', labels: {} }
const { dns } = defaultClass().spec.network
const cluster = { pods: ['10.244.0.0/16', '2600:1f13:1::/56'], services: ['10.96.0.0/12'], nodes: ['198.51.100.0/24'] }
const policiesOf = (profiles: NetworkProfile[], network: Partial<Network> = {}) =>
  Object.fromEntries(networkPolicies({ dns, profiles, ...network }, placement).map(({ metadata, spec }) => [metadata.name, spec]))
const inNamespace = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } })
const privateNetworks = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '168.63.129.16/32', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '224.0.0.0/3'
]

describe('the profiles of a class', () => {
  it('are none in a class without the field: its policies are as before', () => {
    const all = { dns, policies: [{ name: 'extra', ingress: [{ peers: [{ namespace: 'a' }] }] }] }
    expect(networkPolicies({ ...all, clusterRanges: cluster, monitoring: [{ namespace: 'b' }] }, placement)).toEqual(networkPolicies(all, placement))
  })

  it('allow DNS in the network of the node, at the link-local address and at those of the DNS Service', () => {
    const inNode = (...cidrs: string[]) => ({
      to: cidrs.map(cidr => ({ ipBlock: { cidr } })), ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }]
    })
    const rulesOf = (services: string[] | undefined) =>
      policiesOf([], services && { clusterRanges: { ...cluster, services } })['allow-dns']?.egress?.slice(1)
    expect(policiesOf([])['allow-dns']?.egress?.[0]).toEqual(networkPolicies({ dns }, placement)[1]?.spec.egress?.[0])
    expect(rulesOf(undefined)).toEqual([inNode('169.254.20.10/32')])
    expect(rulesOf(['10.96.0.0/12'])).toEqual([inNode('169.254.20.10/32', '10.96.0.10/32')])
    expect(rulesOf(['10.96.0.240/28', 'fd00:10:96::/112'])).toEqual([inNode('169.254.20.10/32', '10.96.0.250/32', 'fd00:10:96::a/128')])
    expect(rulesOf(['10.96.0.8/29'])).toEqual([inNode('169.254.20.10/32')])
  })

  it('isolate with an empty list', () => {
    expect(Object.keys(policiesOf([]))).toEqual(['default-deny', 'allow-dns', 'allow-same-namespace'])
  })

  it('allow the internet, except private networks, metadata services and the cluster', () => {
    expect(policiesOf(['internet'], { clusterRanges: cluster })['allow-internet']).toEqual({
      podSelector: {},
      egress: [{
        to: [
          { ipBlock: { cidr: '0.0.0.0/0', except: [...privateNetworks, '198.51.100.0/24'] } },
          { ipBlock: { cidr: '::/0', except: ['::/8', 'fc00::/7', 'fe80::/10', 'ff00::/8', '2600:1f13:1::/56'] } }
        ]
      }],
      policyTypes: ['Egress']
    })
  })

  it('except a network of the cluster once, and one that contains a private network too', () => {
    const clusterRanges = { pods: ['198.51.100.0/24'], services: ['198.51.100.0/24'], nodes: ['8.0.0.0/6'] }
    expect(policiesOf(['internet'], { clusterRanges })['allow-internet']?.egress?.[0]?.to?.[0]?.ipBlock?.except)
      .toEqual([...privateNetworks, '198.51.100.0/24', '8.0.0.0/6'])
  })

  it.each<[NetworkProfile, Partial<Network>, object]>([
    ['ingress-controllers', {}, { ingress: [{ from: [inNamespace('ingress-nginx')] }], policyTypes: ['Ingress'] }],
    [
      'ingress-controllers',
      { ingressControllers: [{ namespace: 'traefik', podLabels: { app: 'traefik' } }, { cidr: '192.0.2.0/24' }] },
      {
        ingress: [{ from: [{ ...inNamespace('traefik'), podSelector: { matchLabels: { app: 'traefik' } } }, { ipBlock: { cidr: '192.0.2.0/24' } }] }],
        policyTypes: ['Ingress']
      }
    ],
    ['monitoring', {}, { ingress: [{ from: [inNamespace('monitoring')] }], policyTypes: ['Ingress'] }],
    ['monitoring', { monitoring: [{ namespace: 'observability' }] }, { ingress: [{ from: [inNamespace('observability')] }], policyTypes: ['Ingress'] }],
    [
      'api-server',
      { apiServer: { addresses: ['172.18.0.2/32', '2001:db8::2/128'], port: 6443 } },
      {
        egress: [{ to: [{ ipBlock: { cidr: '172.18.0.2/32' } }, { ipBlock: { cidr: '2001:db8::2/128' } }], ports: [{ port: 6443, protocol: 'TCP' }] }],
        policyTypes: ['Egress']
      }
    ]
  ])('allow %s with %j', (profile, network, expected) => {
    expect(policiesOf([profile], network)[`allow-${profile}`]).toEqual({ podSelector: {}, ...expected })
  })

  it('come before the policies of the class, in any order of the list', () => {
    const network = { clusterRanges: cluster, apiServer: { addresses: ['172.18.0.2/32'], port: 6443 }, policies: [{ name: 'a', ingress: [{ peers: [{ namespace: 'a' }] }] }] }
    expect(Object.keys(policiesOf([...networkProfiles].reverse(), network))).toEqual([
      'default-deny', 'allow-dns', 'allow-same-namespace', ...networkProfiles.map(profile => `allow-${profile}`), 'a'
    ])
    expect(policiesOf([...networkProfiles].reverse(), network)).toEqual(policiesOf([...networkProfiles], network))
  })

  it('are what NetworkPolicies of members may allow', () => {
    const bounds = networkPolicyBounds(
      { dns, profiles: ['internet', 'monitoring'], clusterRanges: cluster }, { permissions: false, networkPolicies: { ruleWithoutPeers: 'Refuse' } }
    )
    expect(bounds.ingress.map(({ peers }) => peers.map(({ namespace }) => namespace))).toEqual([['monitoring']])
    expect(bounds.egress.map(({ peers }) => peers.map(({ namespace, cidr }) => namespace + cidr))).toEqual([
      ['kube-system', '169.254.20.10/32'], ['169.254.20.10/32', '10.96.0.10/32'], ['0.0.0.0/0', '::/0']
    ])
    expect(bounds.egress[2]?.peers[0]?.except).toEqual([...privateNetworks, '198.51.100.0/24'])
  })
})
