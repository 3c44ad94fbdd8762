import type { TenantClassSpec as Spec } from '../../src/api/tenant-class.ts'
import { addresses, network } from '../cluster/node/network.ts'
import { classManifest } from '../e2e/classes.ts'
import { k8sMtpAt } from '../e2e/cli.ts'
import { client } from '../e2e/context.ts'
import { tenantManifest, waitForReady, waitForReason } from '../e2e/tenants.ts'
import { defaultClass } from '../support/objects.ts'
import { valueAt } from '../support/value-at.ts'
import { agentPod, agentService, runPod } from './agent.ts'
import type { Target } from './probe.ts'

const users = (name: string) => [{ kind: 'User', name }]
export const acme = 'tenant-acme-shop'
export const globex = 'tenant-globex-web'
export const peered = 'tenant-peered-shop'
export const profiled = 'tenant-profiled-shop'
/** Of globex, whose class lets its namespaces connect. */
export const staging = 'tenant-globex-staging'
/** An existing namespace, which acme has adopted. */
export const legacy = 'legacy'
export const plain = 'plain'

/** A DNS cache in the network of the node, and one at the address that the class profiles takes for that of the DNS Service. */
export const dnsCaches = { linkLocal: '169.254.20.10', service: '10.97.0.10' }

/**
 * Tenants and a namespace without one. The class peers allows traffic with that, and to an address outside; profiles has all network
 * profiles, with that namespace for monitoring; placed allows a toleration and a priority. Admins of all write NetworkPolicies.
 * @param apiServer the port of the API server on the node
 */
export async function createTenants (apiServer: number, kubeconfig: string): Promise<void> {
  const peers = [{ namespace: plain }]
  const policies = [{ name: 'peers', ingress: [{ peers }], egress: [{ peers: [...peers, { cidr: `${addresses.internet}/32` }] }] }]
  const classes: Record<string, (spec: Spec) => void> = {
    peers: spec => { spec.network.policies = policies },
    placed: ({ workloads }) => {
      Object.assign(workloads, { priorityClasses: ['high'], pods: { ...workloads.pods, tolerations: [{ key: 'example.com/team' }] } })
    },
    profiles: ({ network: traffic }) => Object.assign(traffic, {
      profiles: ['internet', 'ingress-controllers', 'monitoring', 'api-server'],
      clusterRanges: { pods: [network.pods], services: [network.services, '10.97.0.0/24'], nodes: [`${addresses.node}/32`] },
      monitoring: peers,
      apiServer: { addresses: [`${addresses.node}/32`], port: apiServer }
    }),
    open: ({ network }) => { network.betweenNamespaces = true }
  }
  await Promise.all(Object.entries(classes).map(async ([name, change]) => await client().create(classManifest(name, defaultClass(spec => {
    change(spec)
    spec.selfService = { permissions: false, networkPolicies: { ruleWithoutPeers: 'Narrow' } }
    spec.roles.admin.rules.push({ apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['create', 'delete'] })
  }).spec))))
  await Promise.all([plain, legacy].map(async name => await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })))
  await Promise.all([
    client().create(tenantManifest('acme', { className: 'placed', admins: users('ada@acme.example'), operators: users('otto@acme.example'), viewers: users('vera@acme.example'), namespaces: [{ existing: legacy }] })),
    client().create(tenantManifest('globex', { name: 'web', className: 'open', admins: users('hank@globex.example'), namespaces: [{ name: 'staging' }] })),
    client().create(tenantManifest('profiled', { className: 'profiles', admins: users('rosa@profiled.example') })),
    client().create(tenantManifest('peered', { className: 'peers', admins: users('pia@peered.example') }))
  ])
  await waitForReason({ name: 'acme' }, 'NamespacesNotReady')
  const { code, stderr } = await k8sMtpAt(kubeconfig, ['adopt', 'acme', legacy, '--yes'])
  if (code !== 0) throw new Error(`k8s-mtp adopt: ${stderr}`)
  await Promise.all(['acme', 'globex', 'peered', 'profiled'].map(async name => await waitForReady({ name })))
}

/** How the pods of each name are reached, by their addresses and Services. */
export type Pods = Record<'one' | 'two' | 'web' | 'api' | 'old' | 'app' | 'job' | 'pod', Target[]>

/** Runs a pod with a Service for each name. Returns how each is reached. */
export async function runPods (): Promise<Pods> {
  const run = async (namespace: string, name: string): Promise<Target[]> => {
    await client().create(agentService(namespace, name))
    const address = await runPod(agentPod(namespace, name))
    const service = await client().get({ apiVersion: 'v1', kind: 'Service', namespace, name })
    return [address, String(valueAt(service, 'spec.clusterIP'))].flatMap(host => tcpAndUdp(host))
  }
  const [one, two, web, api, old, app, job, pod] = await Promise.all([
    run(acme, 'one'), run(acme, 'two'), run(globex, 'web'), run(staging, 'api'), run(legacy, 'old'), run(peered, 'app'), run(profiled, 'job'), run(plain, 'pod'),
    runPod(agentPod(plain, 'on-node', { spec: { hostNetwork: true }, container: { args: ['9000'] } }))
  ])
  return { one, two, web, api, old, app, job, pod }
}

export function tcpAndUdp (host: string, port = 8080): Target[] {
  return (['tcp', 'udp'] as const).map(protocol => ({ protocol, host, port }))
}
