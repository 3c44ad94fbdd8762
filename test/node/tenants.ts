import type { TenantClassSpec as Spec } from '../../src/api/tenant-class.ts'
import { addresses } from '../cluster/node/network.ts'
import { classManifest } from '../e2e/classes.ts'
import { client } from '../e2e/context.ts'
import { tenantManifest, waitForReady } from '../e2e/tenants.ts'
import { defaultClass } from '../support/objects.ts'
import { valueAt } from '../support/value-at.ts'
import { agentPod, agentService, runPod } from './agent.ts'
import type { Target } from './probe.ts'

const users = (name: string) => [{ kind: 'User', name }]
export const acme = 'tenant-acme-shop'
export const globex = 'tenant-globex-web'
export const peered = 'tenant-peered-shop'
export const plain = 'plain'

/**
 * Tenants and a namespace without one. The class peers allows traffic with that, and to an address outside; placed allows a toleration and a
 * priority. Admins of all write NetworkPolicies.
 */
export async function createTenants (): Promise<void> {
  const peers = [{ namespace: plain }]
  const policies = [{ name: 'peers', ingress: [{ peers }], egress: [{ peers: [...peers, { cidr: `${addresses.internet}/32` }] }] }]
  const classes: Record<string, (spec: Spec) => void> = {
    peers: spec => { spec.network.policies = policies },
    placed: ({ workloads }) => {
      Object.assign(workloads, { priorityClasses: ['high'], pods: { ...workloads.pods, tolerations: [{ key: 'example.com/team' }] } })
    },
    open: () => {}
  }
  await Promise.all(Object.entries(classes).map(async ([name, change]) => await client().create(classManifest(name, defaultClass(spec => {
    change(spec)
    spec.selfService = { permissions: false, networkPolicies: { ruleWithoutPeers: 'Narrow' } }
    spec.roles.admin.rules.push({ apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['create', 'delete'] })
  }).spec))))
  await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: plain } })
  await Promise.all([
    client().create(tenantManifest('acme', { className: 'placed', admins: users('ada@acme.example'), operators: users('otto@acme.example'), viewers: users('vera@acme.example') })),
    client().create(tenantManifest('globex', { name: 'web', className: 'open', admins: users('hank@globex.example') })),
    client().create(tenantManifest('peered', { className: 'peers', admins: users('pia@peered.example') }))
  ])
  await Promise.all(['acme', 'globex', 'peered'].map(async name => await waitForReady({ name })))
}

/** How the pods of each name are reached, by their addresses and Services. */
export type Pods = Record<'one' | 'two' | 'web' | 'app' | 'pod', Target[]>

/** Runs a pod with a Service for each name. Returns how each is reached. */
export async function runPods (): Promise<Pods> {
  const run = async (namespace: string, name: string): Promise<Target[]> => {
    await client().create(agentService(namespace, name))
    const address = await runPod(agentPod(namespace, name))
    const service = await client().get({ apiVersion: 'v1', kind: 'Service', namespace, name })
    return [address, String(valueAt(service, 'spec.clusterIP'))].flatMap(host => tcpAndUdp(host))
  }
  const [one, two, web, app, pod] = await Promise.all([
    run(acme, 'one'), run(acme, 'two'), run(globex, 'web'), run(peered, 'app'), run(plain, 'pod'),
    runPod(agentPod(plain, 'on-node', { spec: { hostNetwork: true }, container: { args: ['9000'] } }))
  ])
  return { one, two, web, app, pod }
}

export function tcpAndUdp (host: string, port = 8080): Target[] {
  return (['tcp', 'udp'] as const).map(protocol => ({ protocol, host, port }))
}
