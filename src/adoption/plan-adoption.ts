import { labels, ownershipLabel } from '../api/group.ts'
import { identity, isNamespace, namespaceIdentity, type ObservedObject, type OwnerReference } from '../kubernetes/object.ts'
import { decide, type Decision } from '../tenancy/decision/decide.ts'
import { readLooseTenant } from '../tenancy/observed/loose-tenant.ts'
import type { ObservedState } from '../tenancy/observed/observed-state.ts'
import { isKeeper, isKept, isProducedBy } from '../tenancy/observed/ownership.ts'
import { effectsOf, type Effects } from './effects.ts'
import { namespaceObstacles, objectObstacles } from './obstacles.ts'
import { danglingOwners, hasLabelOf, isControlledBy, isOwnedBy, needsKeeper, ownerReferenceTo, type Owner } from './owners.ts'
import type { Situation } from './situation.ts'

/** How a Tenant adopts a namespace, and what that changes. */
export interface Adoption {
  tenant: string
  /** Of the Tenant: the value of the ownership label. */
  uid: string
  namespace: string
  /** The references that the namespace gets: to the Tenant or its TenantNamespace, and to the keeper. */
  references: [Owner, ...OwnerReference[]]
  /** Why the adoption is impossible, and what to do. While there is one, nothing may be labelled. */
  obstacles: string[]
  /** The objects in the namespace, and the namespace last. */
  claims: Claim[]
  /** Unknown while the Tenant is on hold. */
  effects: Effects | undefined
}

/** An object that gets the ownership label; a namespace gets its ownerReferences too. */
export interface Claim {
  object: ObservedObject
  /** References to owners that no longer exist, removed in the same patch. */
  dangling: OwnerReference[]
}

/**
 * Plans the labels of an adoption. The namespace comes last: until then the Tenant is on hold, and labelled objects stay
 * unchanged. Unmanaged objects with declared names are labelled too: Metacontroller takes AlreadyExists for success,
 * and would never create ours.
 */
export function planAdoption (situation: Situation): Adoption {
  const { tenant, namespaceName, namespace, contents } = situation
  const plan = { tenant: tenant.metadata.name, uid: tenant.metadata.uid, namespace: namespaceName, references: referencesOf(situation) }
  const obstacles = namespaceObstacles(situation)
  if (namespace === undefined || obstacles.length > 0) return { ...plan, obstacles, claims: [], effects: undefined }

  const owner = { name: plan.tenant, namespace: namespaceName }
  const observed = stateOnceOwned(situation, onceClaimed(namespace, plan))
  const decision = decide({ ...situation, parent: tenant, tenant: readLooseTenant(tenant), observed })
  const declared = new Set(decision.kind === 'declare' ? decision.desired.contents.map(identity) : [])
  const claimed = contents.filter(object => declared.has(identity(object)) || isProducedBy(owner, object))
  return {
    ...plan,
    obstacles: [
      ...holdObstacles(decision),
      ...claimed.flatMap(object => objectObstacles(object, declared.has(identity(object)), situation))
    ],
    claims: [...claimed, namespace].flatMap(object => claimOf(object, plan.references, situation)),
    effects: decision.kind === 'declare' ? effectsOf(owner, decision.desired, namespace, situation) : undefined
  }
}

function referencesOf ({ tenant, keeper }: Situation): Adoption['references'] {
  return [ownerReferenceTo(tenant), ...(needsKeeper(tenant) && keeper !== undefined ? [keeper] : [])]
}

/** With the owners of a namespace once it is claimed. */
function onceClaimed (namespace: ObservedObject, { references }: Pick<Adoption, 'references'>): ObservedObject {
  return { ...namespace, metadata: { ...namespace.metadata, ownerReferences: references } }
}

/** True where the Tenant already owns the namespace and all desired objects in it. */
export function isAdopted ({ claims }: Adoption, { namespace, tenant }: Situation): boolean {
  return claims.length === 0 && namespace !== undefined && isOwnedBy(namespace, tenant.metadata.uid)
}

/** The observed state after the adoption, for which `decide` tells what will happen. */
function stateOnceOwned ({ contents, classes }: Situation, namespace: ObservedObject): ObservedState {
  const { name } = namespace.metadata
  return {
    children: new Map([[namespaceIdentity(name), namespace], ...contents.map(object => [identity(object), object] as const)]),
    namespaces: new Map([[name, namespace]]),
    classes,
    missingKinds: []
  }
}

function claimOf (object: ObservedObject, references: Adoption['references'], { tenant: { metadata }, owners }: Situation): Claim[] {
  const dangling = danglingOwners(object, metadata.uid, owners)
  const isComplete = hasLabelOf(object, metadata.uid) && (!isNamespace(object) || hasOwners(object, references))
  return isComplete && dangling.length === 0 ? [] : [{ object, dangling }]
}

function hasOwners (namespace: ObservedObject, [owner, ...others]: Adoption['references']): boolean {
  return isControlledBy(namespace, owner) && isKept(namespace) === others.some(isKeeper)
}

function holdObstacles (decision: Decision): string[] {
  // A terminating namespace is an obstacle of its own.
  if (decision.kind !== 'hold' || decision.problems[0].reason === 'NamespaceTerminating') return []
  return decision.problems.map(({ message }) => `the Tenant is on hold: ${message}`)
}

/**
 * The metadata of the merge patch of a claim. Metacontroller adds the ownerReference of objects in the namespace, but a
 * guardrail keeps it from adding that of a namespace.
 */
export function claimedMetadata (
  { object, dangling }: Claim, { tenant, uid, references }: Pick<Adoption, 'tenant' | 'uid' | 'references'>
): Record<string, unknown> {
  const { uid: own, resourceVersion, labels: found, ownerReferences = [] } = object.metadata
  const others = ownerReferences.filter(reference => !dangling.includes(reference))
  const owners = isNamespace(object) ? [...others.filter(other => other.uid !== uid && !isKeeper(other)), ...references] : others
  return {
    // Refuses the patch for another object that was created under this name meanwhile.
    uid: own,
    // The second one changes where an object comes from another Tenant. Without it, Metacontroller may write nothing in the namespace.
    labels: { [ownershipLabel]: uid, ...((isNamespace(object) || found?.[labels.tenant] === tenant) && { [labels.tenant]: tenant }) },
    // A merge patch replaces the whole list, so it must not have changed meanwhile.
    ...((isNamespace(object) || dangling.length > 0) && { resourceVersion, ownerReferences: owners })
  }
}
