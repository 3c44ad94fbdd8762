import { describe, type KubeObject } from '../cluster/kube-object.ts'
import { dynamicApply } from './dynamic-apply.ts'
import { objectsOf, orderedKinds, type Kind, type ObjectMap } from './object-map.ts'
import { cacheKey, serverSideApply, type ApplyCache } from './server-side-apply.ts'
import { writeOf, type Resource, type Write } from './write.ts'
import { errorMessage } from '../../src/error-message.ts'

export type ApplyStrategy = 'dynamic-apply' | 'server-side-apply'
export type UpdateMethod = 'OnDelete' | 'InPlace'

export interface Child {
  resource: Resource
  parent: KubeObject
  observed: KubeObject | undefined
  desired: KubeObject
  method: UpdateMethod
}

export interface Situation {
  parent: KubeObject
  observed: ObjectMap
  desired: ObjectMap
  strategy: ApplyStrategy
  cache: ApplyCache
  resourceOf: (kind: Kind) => Resource | undefined
  methodOf: (kind: Kind) => UpdateMethod
}

/** The writes in their order, and the errors: a failure does not prevent other writes. */
export interface Plan { writes: Write[], errors: string[] }

/** Deletes what is observed and not desired, then applies what is desired, each in the order of kinds. */
export function planWrites (situation: Situation): Plan {
  const plan: Plan = { writes: [], errors: [] }
  for (const { kind, objects } of orderedKinds(situation.observed)) deletions(plan, situation, kind, objects)
  for (const { kind, objects } of orderedKinds(situation.desired)) applications(plan, situation, kind, objects)
  return plan
}

function deletions (plan: Plan, { desired, resourceOf }: Situation, kind: Kind, observed: Map<string, KubeObject>): void {
  const resource = resourceOf(kind)
  if (resource === undefined) return unknownKind(plan, kind)
  const wanted = objectsOf(desired, kind)
  const unwanted = [...observed].filter(([name, { metadata }]) => !wanted.has(name) && metadata.deletionTimestamp === undefined)
  plan.writes.push(...unwanted.map(([, object]) => deletion(resource, object)))
}

function applications (plan: Plan, situation: Situation, kind: Kind, desired: Map<string, KubeObject>): void {
  const resource = situation.resourceOf(kind)
  if (resource === undefined) return unknownKind(plan, kind)
  const method = situation.methodOf(kind)
  const observed = objectsOf(situation.observed, kind)
  for (const [name, object] of desired) {
    const child: Child = { resource, parent: situation.parent, observed: observed.get(name), desired: object, method }
    try {
      plan.writes.push(...situation.strategy === 'dynamic-apply' ? dynamicApply(child) : serverSideApply(child, situation.cache))
    } catch (error) {
      plan.errors.push(`${describe({ kind: kind.kind, name })}: ${errorMessage(error)}`)
    }
  }
}

function deletion (resource: Resource, object: KubeObject): Write {
  const body = { preconditions: { uid: object.metadata.uid }, propagationPolicy: 'Background' }
  return writeOf(resource, object, { verb: 'delete', body, ignored: ['NotFound'], forget: cacheKey(resource, object) })
}

function unknownKind (plan: Plan, { group, version, kind }: Kind): void {
  plan.errors.push(`the server does not serve the kind ${kind} in ${group === '' ? version : `${group}/${version}`}`)
}
