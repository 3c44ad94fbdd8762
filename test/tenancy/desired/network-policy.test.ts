import { describe, expect, it } from 'vitest'
import type { AdditionalPolicy } from '../../../src/api/network.ts'
import { networkPolicies } from '../../../src/tenancy/desired/network-policy.ts'
import { defaultClass } from '../../support/objects.ts'

const placement = { namespace: 'tenant-acme-shop', labels: {} }
const { dns } = defaultClass().spec.network
const additional = (policy: Omit<AdditionalPolicy, 'name'>) =>
  networkPolicies({ dns, policies: [{ name: 'extra', ...policy }] }, placement).at(-1)?.spec

const inNamespace = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } })

describe('the network policies of a Tenant', () => {
  it('are those of every Tenant where the class has no others', () => {
    expect(networkPolicies({ dns }, placement).map(({ metadata }) => metadata.name)).toEqual([
      'default-deny',
      'allow-dns',
      'allow-same-namespace'
    ])
  })

  it('deny all traffic of all pods by default', () => {
    expect(networkPolicies({ dns }, placement)[0]?.spec).toStrictEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress']
    })
  })

  it.each<[string, Omit<AdditionalPolicy, 'name'>, object]>([
    [
      'of one direction leave the other one to the other policies',
      { ingress: [{ peers: [{ namespace: 'ingress' }] }] },
      { podSelector: {}, ingress: [{ from: [inNamespace('ingress')] }], policyTypes: ['Ingress'] }
    ],
    [
      'of both directions have both types',
      { ingress: [{ peers: [{ namespace: 'a' }] }], egress: [{ peers: [{ namespace: 'b' }] }] },
      {
        podSelector: {},
        ingress: [{ from: [inNamespace('a')] }],
        egress: [{ to: [inNamespace('b')] }],
        policyTypes: ['Ingress', 'Egress']
      }
    ],
    [
      'allow all ports where none is listed',
      { egress: [{ peers: [{ cidr: '10.0.0.0/8' }] }] },
      { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }], policyTypes: ['Egress'] }
    ],
    ['allow a range of ports', {
      egress: [
        {
          peers: [{ cidr: '10.0.0.0/8' }],
          ports: [{ port: 30000, endPort: 32767, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }]
        }
      ]
    }, {
      podSelector: {},
      egress: [
        {
          to: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
          ports: [{ port: 30000, endPort: 32767, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }]
        }
      ],
      policyTypes: ['Egress']
    }],
    [
      'exclude networks',
      { egress: [{ peers: [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '169.254.0.0/16'] }] }] },
      {
        podSelector: {},
        egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '169.254.0.0/16'] } }] }],
        policyTypes: ['Egress']
      }
    ],
    ['select pods of one namespace in one peer', {
      ingress: [{ peers: [{ namespace: 'ingress', podLabels: { app: 'nginx' } }] }]
    }, {
      podSelector: {},
      ingress: [
        { from: [{ ...inNamespace('ingress'), podSelector: { matchLabels: { app: 'nginx' } } }] }
      ],
      policyTypes: ['Ingress']
    }],
    [
      'have each peer as an alternative',
      { ingress: [{ peers: [{ namespace: 'a' }, { cidr: '10.0.0.0/8' }] }] },
      {
        podSelector: {},
        ingress: [{ from: [inNamespace('a'), { ipBlock: { cidr: '10.0.0.0/8' } }] }],
        policyTypes: ['Ingress']
      }
    ]
  ])('%s', (_, policy, expected) => {
    expect(additional(policy)).toStrictEqual(expected)
  })
})
