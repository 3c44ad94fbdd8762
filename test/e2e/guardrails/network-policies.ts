import type { NetworkPolicyPeer, NetworkPolicySpec } from 'kubernetes-types/networking/v1.js'
import type { KubeObject } from '../../cluster/kube-object.ts'
import type { GuardrailCase } from './case.ts'
import { dryRun, type World } from './world.ts'

const policy = ({ selfService: { namespace } }: World, ingress: NetworkPolicySpec['ingress'] = [], annotations: object = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'some', namespace, annotations: { ...annotations } },
  spec: { podSelector: {}, ingress }
})
const own: NetworkPolicyPeer = { podSelector: {} }
const outside: NetworkPolicyPeer = { ipBlock: { cidr: '192.0.2.0/24' } }
const ports = (count: number) => Array.from({ length: count }, (_, index) => ({ port: index + 1 }))

const refused = (
  rule: string, refuses: string, message: RegExp, allows: string,
  attempt: NetworkPolicySpec['ingress'], control: NetworkPolicySpec['ingress']
): GuardrailCase => ({
  rule: `workloads-network-policies/${rule}`,
  refuses,
  who: 'a cluster administrator',
  attempt: (who, world) => who.create(policy(world, attempt), dryRun),
  message,
  allows,
  control: (who, world) => who.create(policy(world, control), dryRun)
})

export const networkPolicyCases: GuardrailCase[] = [
  refused(
    'count', 'a NetworkPolicy of 101 rules and peers', /^a NetworkPolicy may have 100 rules and peers. Use several$/, 'one of 100',
    [{ from: Array.from({ length: 100 }, () => own) }], [{ from: Array.from({ length: 99 }, () => own) }]
  ),
  refused('without-peers', 'a rule for all networks', /does not allow rules without peers, which open all networks/, 'one for the namespace', [{}], [{ from: [own] }]),
  refused(
    'outside-count', 'a rule of 17 ports with a network', /^a NetworkPolicy may have 16 peers outside of the Tenant, and 16 ports in rules with them/,
    'one with the namespace', [{ from: [outside], ports: ports(17) }], [{ from: [own], ports: ports(17) }]
  ),
  refused(
    'peers', 'a network that the class does not list', /does not allow such peers outside of the Tenant: spec.network lists none/,
    'pods of the namespace', [{ from: [outside] }], [{ from: [own] }]
  ),
  {
    rule: 'workloads-narrowed-network-policies/narrowed',
    refuses: 'a NetworkPolicy that was narrowed',
    who: 'a cluster administrator',
    attempt: (who, world) => who.create(policy(world, [{ from: [own] }], { 'k8s-mtp.dev/narrowed': 'ingress' }), dryRun),
    message: /networkpolicies tenant-acme-\w+-shop\/some allows only traffic within its namespace where a rule of ingress has no peers/,
    allows: 'another',
    control: (who, world) => who.create(policy(world, [{ from: [own] }]), dryRun)
  }
]
