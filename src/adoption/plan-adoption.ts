import { ownershipLabel } from '../api/group.ts'
import { identity, isNamespace, namespaceIdentity, type ObservedObject, type OwnerReference } from '../kubernetes/object.ts'
import { decide, type Decision } from '../tenancy/decide.ts'
import { readLooseTenant } from '../tenancy/observed/loose-tenant.ts'
import type { ObservedState } from '../tenancy/observed/observed-state.ts'
import { isProducedBy } from '../tenancy/observed/ownership.ts'
import { effectsOf, type Effects } from './effects.ts'
import { namespaceObstacles, objectObstacles } from './obstacles.ts'
import { danglingOwners, hasLabelOf, isControlledBy, isOwnedBy, ownerReferenceTo, type Owner } from './owners.ts'
import type { Situation } from './situation.ts'

/** How a Tenant adopts a namespace, and what that changes. */
export interface Adoption {
  tenant: string
  /** Of the Tenant: the value of the ownership label. */
  uid: string
  namespace: string
  /** The reference that the namespace gets: to the Tenant, or to its TenantNamespace. */
  owner: Owner
  /** Why the adoption is impossible, and what to do. While there is one, nothing may be labelled. */
  obstacles: string[]
  /** In the order of labelling: the objects in the namespace first, the namespace last. */
  claims: Claim[]
  /** Unknown while the Tenant is on hold. */
  effects: Effects | undefined
}

/** An object that gets the ownership label; a namespace gets the ownerReference of the Tenant too. */
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
  const plan = { tenant: tenant.metadata.name, uid: tenant.metadata.uid, namespace: namespaceName, owner: ownerReferenceTo(tenant) }
  const obstacles = namespaceObstacles(situation)
  if (namespace === undefined || obstacles.length > 0) return { ...plan, obstacles, claims: [], effects: undefined }

  const owner = { name: plan.tenant, namespace: namespaceName }
  const decision = decide({ ...situation, parent: tenant, tenant: readLooseTenant(tenant), observed: stateOnceOwned(situation, namespace) })
  const declared = new Set(decision.kind === 'declare' ? decision.desired.contents.map(identity) : [])
  const claimed = contents.filter(object => declared.has(identity(object)) || isProducedBy(owner, object))
  return {
    ...plan,
    obstacles: [
      ...holdObstacles(decision),
      ...claimed.flatMap(object => objectObstacles(object, declared.has(identity(object)), situation))
    ],
    claims: [...claimed, namespace].flatMap(object => claimOf(object, situation)),
    effects: decision.kind === 'declare' ? effectsOf(owner, decision.desired, namespace, situation) : undefined
  }
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

function claimOf (object: ObservedObject, { tenant, owners }: Situation): Claim[] {
  const { metadata } = tenant
  const dangling = danglingOwners(object, metadata.uid, owners)
  const isComplete = hasLabelOf(object, metadata.uid) && (!isNamespace(object) || isControlledBy(object, ownerReferenceTo(tenant)))
  return isComplete && dangling.length === 0 ? [] : [{ object, dangling }]
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
export function claimedMetadata ({ object, dangling }: Claim, { owner }: Pick<Adoption, 'owner'>): Record<string, unknown> {
  const { uid: own, resourceVersion, ownerReferences = [] } = object.metadata
  const others = ownerReferences.filter(reference => !dangling.includes(reference))
  const owners = isNamespace(object) ? [...others.filter(other => other.uid !== owner.uid), owner] : others
  return {
    // Refuses the patch for another object that was created under this name meanwhile.
    uid: own,
    labels: { [ownershipLabel]: owner.uid },
    // A merge patch replaces the whole list, so it must not have changed meanwhile.
    ...((isNamespace(object) || dangling.length > 0) && { resourceVersion, ownerReferences: owners })
  }
}
