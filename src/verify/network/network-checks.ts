import { docsAddress } from '../../api/group.ts'
import { networkEnforcement } from '../../check/network-enforcement.ts'
import { readWorkload } from '../../check/workload.ts'
import { fieldsAt, listAt, textAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { few } from '../../check/finding.ts'
import { failed, passed, skipped, undecided, warning, type Check, type Family, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { isOfOtherTenant } from '../other-tenants.ts'
import { resources } from '../../kubernetes/resources.ts'
import { isolating, type Direction, type NamespaceOfModel, type PolicyObject } from './model.ts'
import {
  describePaths, distinct, intendedBy, namespaceOfModel, onlyDns, pathsBeyond, policiesIn, type Intended, type NamedEnd
} from './paths.ts'
import { isPublic, metadataAddresses } from './special-addresses.ts'
import { maxLabelSets } from './label-sets.ts'
import { requirementsOf } from './selectors.ts'
import { addressesIn, peerLabels, peersIn, podsOf } from './witnesses.ts'

async function policiesOf ({ api }: Context): Promise<PolicyObject[]> {
  return await api.list(resources.networkPolicies)
}

/** The namespace with its policies and the pods that represent it, and the traffic that is intended; a text where that is unknown. */
async function readOwn (context: Context) {
  const { target, api } = context
  const [policies, pods] = [await policiesOf(context), await api.list(resources.pods)]
  const namespace = namespaceOfModel(target.namespace, policies)
  const { desired, problem } = target.tenant ?? {}
  const isUnknown = target.tenant !== undefined && desired === undefined
  const intended: Intended | string = isUnknown
    ? `the traffic that the Tenant intends is unknown: ${problem ?? 'it is on hold'}`
    : desired === undefined ? onlyDns : intendedBy(desired, namespace)
  const meant = desired === undefined ? [] : policiesIn(desired)
  const own = podsOf(namespace, pods, meant)
  const peers = peerLabels([...namespace.policies, ...meant])
  return { namespace, all: own.pods, isComplete: own.isComplete && peers.isComplete, peers: peers.sets, meant, pods, policies, intended }
}

type Own = Awaited<ReturnType<typeof readOwn>>

async function judgeIsolation (context: Context): Promise<Result> {
  const { namespace, pods } = await readOwn(context)
  const { pods: all, isComplete } = podsOf(namespace, pods)
  for (const direction of ['Ingress', 'Egress'] as const) {
    const exposed = all.find(pod => isolating(direction, pod).length === 0)
    if (exposed === undefined) continue
    const text = Object.entries(exposed.labels).map(([key, value]) => `${key}=${value}`).join(',')
    return failed(`no NetworkPolicy isolates pods ${text === '' ? 'without labels' : `with ${text}`} for ${direction.toLowerCase()}`)
  }
  const isSure = isComplete || (['Ingress', 'Egress'] as const).every(direction => isolatesAll(namespace, direction))
  return passedIf(isSure, `${namespace.policies.length} NetworkPolicies isolate every pod in both directions`)
}

/** True where a policy selects all pods, whatever their labels: the usual default-deny. */
function isolatesAll (namespace: NamespaceOfModel, direction: Direction): boolean {
  return namespace.policies.some(policy => isEmptySelector(fieldsAt({ ...policy }, 'spec')) &&
    isolating(direction, { namespace: { ...namespace, policies: [policy] }, labels: {} }).length > 0)
}

const isEmptySelector = (spec: Fields): boolean => requirementsOf(fieldsAt(spec, 'podSelector')).length === 0

/** Members could give pods labels of a combination that was not tried. */
const passedIf = (isComplete: boolean, message: string): Result => isComplete
  ? passed(message)
  : warning(`${message}, as far as tried: the selectors have more than ${maxLabelSets} combinations of labels`)

/** Judges the paths between the pods of the namespace and other ends. */
async function judgePaths (
  context: Context, endsOf: Ends, directions: readonly Direction[], nothing: string
): Promise<Result> {
  const own = await readOwn(context)
  if (typeof own.intended === 'string') return undecided(own.intended)
  const ends = await endsOf(context, own)
  if (ends.length === 0) return skipped(nothing)
  const paths = pathsBeyond(distinct(own.all, own.meant), ends, directions, own.intended)
  const names = [...new Set(ends.map(({ name }) => name))]
  if (paths.length > 0) return failed(`open ${few(describePaths(paths), 4)}`)
  return passedIf(own.isComplete, `nothing beyond the intended traffic is open between its pods and ${few(names)}`)
}

function endsInNamespaces ({ pods, policies, namespace, meant, peers }: Own, others: readonly ObservedObject[]): NamedEnd[] {
  return others.flatMap(other => peersIn(namespaceOfModel(other, policies), pods, peers, [...namespace.policies, ...meant])
    .map(end => ({ name: other.metadata.name, end })))
}

/** Those of the same Tenant included. */
const isOtherNamespace = (context: Context) => (namespace: ObservedObject): boolean =>
  !isOfOtherTenant(context)(namespace) && namespace.metadata.name !== context.target.name

const address = (text: string): NamedEnd => ({ name: text, end: { address: text } })

/** Of the Service kubernetes, and of the API servers behind it. */
async function apiServers ({ api }: Context): Promise<string[]> {
  const namespace = 'default'
  const [service, slices] = await Promise.all([
    api.find(resources.services, { namespace, name: 'kubernetes' }),
    api.list(resources.endpointSlices, { namespace, labelSelector: 'kubernetes.io/service-name=kubernetes' })
  ])
  const { clusterIPs } = service === undefined ? {} : fieldsAt(service, 'spec')
  const endpoints = slices.flatMap(slice => listAt({ ...slice }, 'endpoints'))
  return [...new Set([...textsOf(clusterIPs), ...endpoints.flatMap(({ addresses }) => textsOf(addresses))])]
}

const textsOf = (list: unknown): string[] => Array.isArray(list) ? list.filter(each => typeof each === 'string') : []

async function nodeAddresses ({ api }: Context): Promise<string[]> {
  return (await api.list(resources.nodes)).flatMap(node => listAt(fieldsAt(node, 'status'), 'addresses')
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP').map(each => textAt(each, 'address')))
}

/** Two public name servers, and an address of each network that the policies name. */
async function outside (context: Context, { namespace }: Own): Promise<NamedEnd[]> {
  const known = new Set([...await apiServers(context), ...await nodeAddresses(context), ...metadataAddresses])
  const named = addressesIn(namespace.policies).filter(each => !known.has(each))
  return ['8.8.8.8', '2001:4860:4860::8888', ...named.filter(isPublic), ...named.filter(each => !isPublic(each))].map(address)
}

const both: readonly Direction[] = ['Ingress', 'Egress']
const remedy = 'Delete the NetworkPolicy that the message names: kubectl delete networkpolicy -n NAMESPACE, with its name. To allow ' +
  'the traffic, set spec.network of the TenantClass, or of the Tenant where its class allows it.'

type Ends = (context: Context, own: Own) => NamedEnd[] | Promise<NamedEnd[]>

function pathCheck (check: Omit<Check, 'remedy' | 'judge'>, endsOf: Ends, directions: readonly Direction[], nothing: string): Check {
  return { ...check, remedy, judge: async context => await judgePaths(context, endsOf, directions, nothing) }
}

/** Only from pods: nothing else selects these addresses. */
function toAddresses (
  check: Omit<Check, 'remedy' | 'judge'>, addressesOf: (context: Context) => Promise<readonly string[]>, nothing: string
): Check {
  return pathCheck(check, async context => (await addressesOf(context)).map(address), ['Egress'], nothing)
}

async function judgePlugin ({ api }: Context): Promise<Result> {
  const { state, message } = networkEnforcement((await api.list(resources.daemonSets)).map(readWorkload))
  return state === 'ok' ? passed(message) : warning(message)
}

export const network: Family = {
  id: 'network',
  title: 'Network',
  checks: [
    {
      id: 'network-isolation',
      level: 1,
      title: 'NetworkPolicies isolate every pod in both directions',
      why: 'A pod that no policy selects connects with every pod of the cluster, and with every address.',
      remedy: 'The NetworkPolicy default-deny of the Tenant selects all pods. In a namespace without a Tenant, create one with ' +
        'podSelector: {}.',
      judge: judgeIsolation
    },
    pathCheck({
      id: 'network-other-tenants',
      level: 1,
      title: 'No path to or from other Tenants beyond the intended ones',
      why: 'Each side is judged on its own: the policies of another Tenant are no protection of this one.'
    }, (context, own) => endsInNamespaces(own, context.cluster.namespaces.filter(isOfOtherTenant(context))), both,
    'there is no namespace of another Tenant'),
    pathCheck({
      id: 'network-other-namespaces',
      level: 1,
      title: 'No path to or from other namespaces beyond the intended ones',
      why: 'Platform services in other namespaces act with the permissions of the platform.'
    }, (context, own) => endsInNamespaces(own, context.cluster.namespaces.filter(isOtherNamespace(context))), both,
    'there is no other namespace'),
    pathCheck({
      id: 'network-outside',
      level: 2,
      title: 'No path to or from addresses outside beyond the intended ones',
      why: 'Data leaves by the internet, and attackers come from there.'
    }, outside, both, 'there is no address to try'),
    toAddresses({
      id: 'network-metadata',
      level: 1,
      title: 'No path to metadata services of clouds',
      why: 'They give out credentials of the node to every pod that asks.'
    }, async () => metadataAddresses, 'no address is known'),
    toAddresses({
      id: 'network-api-server',
      level: 2,
      title: 'No path to the API server beyond the intended one',
      why: 'Most workloads need none, and flaws of the API server begin with a connection.'
    }, apiServers, 'the addresses of the API server are unknown'),
    toAddresses({
      id: 'network-nodes',
      level: 1,
      title: 'No path to nodes',
      why: 'Kubelets and node agents listen there.'
    }, nodeAddresses, 'there is no node with an address'),
    {
      id: 'network-plugin',
      level: 1,
      title: 'A network plugin enforces NetworkPolicies',
      why: 'The API server stores NetworkPolicies; without a plugin that enforces them they have no effect.',
      remedy: 'Find out which network plugin the nodes have, and try two pods in different Tenants: ' +
        `${docsAddress}/operations.md#are-networkpolicies-enforced`,
      judge: judgePlugin
    }
  ]
}
