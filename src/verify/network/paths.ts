import { namespaceNameLabel } from '../../api/group.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import type { DesiredNamespace } from '../../tenancy/desired/desired-state.ts'
import { few } from '../../check/finding.ts'
import {
  allows, anyPort, describePorts, isOpen, isolating, openings, portsIn,
  type Direction, type End, type NamespaceOfModel, type Opening, type PodEnd, type PolicyObject, type Port
} from './model.ts'

/** The other end of a connection, and its name in a message. */
export interface NamedEnd { name: string, end: End }

/** A path that the policies of the namespace open, beyond those that are intended. */
export interface Path {
  direction: Direction
  other: NamedEnd
  openings: Opening[]
}

/** The traffic that a namespace is meant to have: by the policies of its Tenant, or by exceptions. */
export type Intended = (direction: Direction, pod: PodEnd, other: End, port: Port) => boolean

export function namespaceOfModel ({ metadata }: ObservedObject, policies: readonly PolicyObject[]): NamespaceOfModel {
  const { name, labels = {} } = metadata
  const own = policies.filter(policy => policy.metadata.namespace === name)
  return { name, labels: { ...labels, [namespaceNameLabel]: name }, policies: own }
}

export const policiesIn = ({ contents }: DesiredNamespace): PolicyObject[] =>
  contents.filter(({ kind }) => kind === 'NetworkPolicy').map(policy => ({ ...policy }))

/** The policies of the desired state alone. */
export function intendedBy (desired: DesiredNamespace, namespace: NamespaceOfModel): Intended {
  const meant: NamespaceOfModel = { ...namespace, policies: policiesIn(desired) }
  return (direction, pod, other, port) => allows(direction, { ...pod, namespace: meant }, other, port)
}

/** Without a Tenant, only DNS is intended. */
export const onlyDns: Intended = (direction, _, other, { port }) =>
  direction === 'Egress' && port === 53 && 'namespace' in other && other.namespace.name === 'kube-system'

/**
 * Enough pods to see every opening: one for each policy that selects it, without a policy, and by what is meant for it. What one policy
 * opens does not depend on the others.
 */
export function distinct (pods: readonly PodEnd[], meant: readonly PolicyObject[] = []): PodEnd[] {
  const seen = new Set<string>()
  return pods.filter(pod => {
    const keys = (['Ingress', 'Egress'] as const).flatMap(direction => {
      const names = namesOf(isolating(direction, pod))
      const intended = namesOf(isolating(direction, { ...pod, namespace: { ...pod.namespace, policies: meant } }))
      return (names.length === 0 ? [''] : names).map(name => JSON.stringify([direction, name, intended, pod.ports ?? null]))
    })
    const isNew = keys.some(key => !seen.has(key))
    keys.forEach(key => seen.add(key))
    return isNew
  })
}

const namesOf = (policies: readonly PolicyObject[]): string[] => policies.map(({ metadata }) => metadata.name)

/** Lists what is open beyond the intended traffic, between some pods and some ends. */
export function pathsBeyond (
  pods: readonly PodEnd[], others: readonly NamedEnd[], directions: readonly Direction[], intended: Intended
): Path[] {
  return pods.flatMap(pod => others.flatMap(other => directions.flatMap(direction => {
    const found = openings(direction, pod, other.end)
    const isBeyond = (opening: Opening) => portsToTry(opening).some(port =>
      isOpen([opening], receiverOf(direction, pod, other.end), port) && !intended(direction, pod, other.end, port))
    const beyond = found.filter(isBeyond)
    return beyond.length === 0 ? [] : [{ direction, other, openings: beyond }]
  })))
}

const receiverOf = (direction: Direction, pod: PodEnd, other: End): End => direction === 'Ingress' ? pod : other

function portsToTry (opening: Opening): Port[] {
  const named = portsIn([opening])
  const ends = (opening.ports ?? []).flatMap(({ endPort }, index) =>
    typeof endPort === 'number' ? [{ protocol: named[index]?.protocol ?? 'TCP' as const, port: endPort }] : [])
  const other: Port[] = [{ protocol: 'TCP', port: anyPort }, { protocol: 'UDP', port: anyPort }]
  return opening.ports === undefined ? other : [...named, ...ends]
}

/** `from tenant-globex-shop and default on TCP 8080 by NetworkPolicy open`, a line for each direction and policy. */
export function describePaths (paths: readonly Path[]): string[] {
  const names = new Map<string, string[]>()
  for (const { direction, other, openings } of paths) {
    for (const opening of openings) {
      const key = JSON.stringify([direction === 'Ingress' ? 'from' : 'to', describeOpening(opening)])
      names.set(key, [...names.get(key) ?? [], other.name])
    }
  }
  return [...names].map(([key, others]) => {
    const [preposition = '', opening = ''] = JSON.parse(key) as [string, string]
    return `${preposition} ${few([...new Set(others)])} ${opening}`
  })
}

function describeOpening ({ policy, ports }: Opening): string {
  return policy === undefined ? 'without any NetworkPolicy' : `on ${describePorts(ports)} by NetworkPolicy ${policy}`
}
