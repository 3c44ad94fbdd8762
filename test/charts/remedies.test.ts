import { describe, expect, it, test } from 'vitest'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import { defaultParties } from '../../src/guardrails/guardrail.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { applyRemedy, describeRemedy, isOurs, remediesIn, type Subject } from './remedies.ts'

const byHand: string[] = []
const none = undefined

/** What the parts of a message say that are CEL, other than the class and its list, and the remedies that a program can apply. */
const rows: Record<string, [parts: string[], listed: string | undefined, remedies: string[]]> = {
  'services/type': [['LoadBalancer'], 'ClusterIP', ['spec.type: ClusterIP']],
  'services/load-balancer-node-ports': [[], none, ['spec.allocateLoadBalancerNodePorts: false']],
  'services/cluster-ip': [['10.96.0.9', 'false'], none, ['no spec.clusterIP', 'no spec.clusterIPs']],
  'services/load-balancer-ip': [['198.51.100.1'], 'none', ['no spec.loadBalancerIP']],
  'services/external-ips': [['198.51.100.1'], 'none', ['no 198.51.100.1 in spec.externalIPs']],
  'services/no-selector': [[], 'none', byHand],
  'endpoints/addresses': [['10.30.0.1'], 'none', byHand],
  'endpointslices/names': [[], 'none', byHand],
  'endpointslices/addresses': [['10.30.0.1'], 'none', byHand],
  'network-policies/without-peers': [
    [' if it is Narrow', 'spec.ingress[0].from and spec.egress[1].to'], none,
    ['spec.ingress.0.from: [{"podSelector":{}}]', 'spec.egress.1.to: [{"podSelector":{}}]']
  ],
  'network-policies/peers': [
    ['namespace kube-system (k8s-app=kube-dns) on UDP 53', 'spec.ingress[0].from[1]'], none, ['spec.ingress.0.from.1: {"podSelector":{}}']
  ],
  'ingresses/host': [['shop.example.com'], '*.acme.example.com', byHand],
  'ingresses/every-host': [[], '*.acme.example.com', byHand],
  'ingresses/class': [['internal'], 'nginx, haproxy', ['spec.ingressClassName: nginx']],
  'ingresses/no-class': [[], 'nginx', ['spec.ingressClassName: nginx']],
  'routes/host': [['shop.example.com'], '*.acme.example.com', byHand],
  'routes/every-host': [['httproutes n/web'], '*.acme.example.com', byHand],
  'routes/port': [['false'], none, byHand],
  'routes/class': [['public'], 'internal', ['spec.gatewayClassName: internal']],
  'annotations/prefix': [['example.com/dns', 'services', 'example.com/dns'], none, ['no metadata.annotations.example.com/dns']],
  'volume-claims/class': [['the StorageClass fast'], 'standard', ['spec.storageClassName: standard']],
  'volume-claims/no-class': [[], 'standard', ['spec.storageClassName: standard']],
  'volume-claims/attributes-class': [['gold'], 'silver', ['spec.volumeAttributesClassName: silver']],
  'volume-claims/volume-name': [['false'], none, ['no spec.volumeName']],
  'volume-claims/existing-volume': [['spec.selector', 'false'], none, ['no spec.selector']],
  'device-claims/class': [['gpu'], 'none', byHand],
  'disruption-budgets/blocking': [['poddisruptionbudgets n/web', 'false'], none, ['spec.maxUnavailable: 1']],
  'pods/containers': [['101', '100'], none, byHand],
  'pods/images': [['quay.io/team/app'], 'registry.example.com', byHand],
  'pods/image-pull-policy': [['Never'], 'Always, IfNotPresent', ['spec.imagePullPolicy: Always']],
  'pods/node-name': [['false'], none, ['no spec.nodeName']],
  'pods/tolerations': [['pool=shared:NoSchedule'], 'none', ['no pool in spec.tolerations']],
  'pods/node-selector': [['pool: shared, zone: a'], none, ['spec.nodeSelector.pool: shared', 'spec.nodeSelector.zone: a']],
  'pods/runtime-class': [['gvisor'], 'none', ['no spec.runtimeClassName']],
  'pods/scheduler': [['batch'], 'default-scheduler', ['no spec.schedulerName']],
  'pods/inline-volumes': [['nfs'], 'none', byHand],
  'pods/grace-period': [['600', '60'], none, ['spec.terminationGracePeriodSeconds: 60']],
  'pods/priority': [['high'], 'none', ['no spec.priorityClassName']],
  'pod-evictions/grace-period': [['600', '300'], none, byHand],
  'daemonsets/node-selector': [['pool: shared'], none, ['spec.nodeSelector.pool: shared']]
}

/** The messages of guardrails about a class, by `guardrail/rule`. */
const messages = new Map<string, string>(allGuardrails(defaultParties)
  .filter(({ hasParameter, action }) => hasParameter === true && action === undefined)
  .flatMap(({ name, rules }) => Object.entries(rules).map(([rule, { message }]) =>
    [`${name.replace('k8s-mtp-workloads-', '')}/${rule}`, message] as const))
  .filter(([, message]) => message.startsWith('TenantClass ')))

/** Writes a message as the API server would. */
function written (message: string, parts: string[], listed = 'none'): string {
  const left = [...parts]
  return message.replaceAll(/(?<!\\)\{([^{}]+)\}/g, (_, cel: string) => {
    if (cel === 'params.spec.className') return 'standard'
    if (cel.includes("? 'none' :")) return listed
    const [, whenNone, otherwise] = /\.size\(\) == 0 \? '(\w)' : '(.*)'\)$/.exec(cel) ?? []
    return (listed === 'none' ? whenNone : otherwise) ?? left.shift() ?? expect.unreachable(`there is no part for ${cel}`)
  }).replaceAll('\\{', '{')
}

test('the table has each message about a class', () => {
  expect(Object.keys(rows).sort()).toEqual([...messages.keys()].sort())
})

test.each(Object.entries(rows))('%s names its remedy', (rule, [parts, listed, remedies]) => {
  const message = written(messages.get(rule) ?? '', parts, listed)
  expect(isOurs(message)).toBe(true)
  expect(remediesIn(message).map(describeRemedy), message).toEqual(remedies)
})

test('a message with an empty list of values names none', () => {
  const message = written(messages.get('services/type') ?? '', ['ClusterIP'], 'none')
  expect(message).toMatch(/ lists none\. Change the TenantClass$/)
  expect(remediesIn(message)).toEqual([])
})

test('the messages of Kubernetes are not ours', () => {
  expect(remediesIn('roles is forbidden: User "a" cannot create resource "roles". Set spec.type to 1')).toEqual([])
})

describe('a remedy', () => {
  const pod = { containers: [{ name: 'a' }], tolerations: [{ key: 'pool', value: 'x' }, { key: 'other' }] }
  const object = (kind: string, spec: object): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name: 'web' }, spec })
  const applied = (rule: string, to: KubeObject, subject: Subject) => {
    const [parts, listed] = rows[rule] ?? [[], none]
    return remediesIn(written(messages.get(rule) ?? '', parts, listed)).reduce((changed, remedy) => applyRemedy(remedy, changed, subject), to)
  }

  it('removes the fields of a Service that only another type may have', () => {
    const service = object('Service', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80, nodePort: 30080 }] })
    expect(applied('services/type', service, 'object').spec).toEqual({ type: 'ClusterIP', ports: [{ port: 80 }] })
  })

  it('changes the template of a workload, and not the workload', () => {
    const deployment = object('Deployment', { replicas: 1, template: { spec: pod } })
    expect(applied('pods/tolerations', deployment, 'pod').spec)
      .toEqual({ replicas: 1, template: { spec: { ...pod, tolerations: [{ key: 'other' }] } } })
    expect(applied('pods/image-pull-policy', deployment, 'pod'))
      .toHaveProperty('spec.template.spec.containers', [{ name: 'a', imagePullPolicy: 'Always' }])
    expect(applied('daemonsets/node-selector', object('DaemonSet', { template: { spec: pod } }), 'object'))
      .toHaveProperty('spec.template.spec.nodeSelector', { pool: 'shared' })
  })

  it('changes the claims of a StatefulSet', () => {
    const set = object('StatefulSet', { volumeClaimTemplates: [{ spec: { storageClassName: 'fast' } }] })
    expect(applied('volume-claims/class', set, 'claim')).toHaveProperty('spec.volumeClaimTemplates', [{ spec: { storageClassName: 'standard' } }])
  })

  it('does not change the object that was sent', () => {
    const budget = object('PodDisruptionBudget', { minAvailable: '100%' })
    expect(applied('disruption-budgets/blocking', budget, 'object').spec).toEqual({ maxUnavailable: 1 })
    expect(budget.spec).toEqual({ minAvailable: '100%' })
  })
})
