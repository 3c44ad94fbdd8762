import { ownershipLabel } from '../api/group.ts'
import { decide, type Decision } from '../tenancy/decide.ts'
import { identity, isNamespace, type Observed, type ObservedObject, type OwnerReference } from '../kubernetes/object.ts'
import { isMadeBy, type Owner } from '../tenancy/observed/ownership.ts'
import { effectsOf, type Effects } from './effects.ts'
import { namespaceObstacles, objectObstacles } from './obstacles.ts'
import { danglingOwners, hasLabelOf, isOwnedBy } from './owners.ts'
import type { Situation } from './situation.ts'

/** How a namespace becomes a Tenant's, and what that does to it. */
export interface Adoption {
  tenant: string
  /** Of the Tenant: the value of the label that makes an object its own. */
  uid: string
  namespace: string
  /** Why it cannot be done, and what to do about it. While there is one, nothing may be labelled. */
  obstacles: string[]
  /** In the order in which they are to be labelled: what is in the namespace first, the namespace last. */
  claims: Claim[]
  /** Unknown while the Tenant itself is held. */
  effects: Effects | undefined
}

/** An object that is to bear the Tenant's label. */
export interface Claim {
  object: ObservedObject
  /** References that go at the same time, since their owners are gone. */
  dangling: OwnerReference[]
}

/**
 * The namespace comes last: until then the Tenant is held, and what has been labelled is kept as it is. Objects that somebody else has made
 * under declared names are labelled too, as Metacontroller takes "already exists" for done and would never make ours.
 */
export function planAdoption (situation: Situation): Adoption {
  const { tenant, namespaceName, namespace, now } = situation
  const uid = tenant.metadata.uid
  const plan = { tenant: tenant.metadata.name, uid, namespace: namespaceName }
  const obstacles = namespaceObstacles(situation)
  if (namespace === undefined || obstacles.length > 0) return { ...plan, obstacles, claims: [], effects: undefined }

  const owner: Owner = { tenant: plan.tenant, namespace: namespaceName }
  const decision = decide(tenant, onceOwned(situation, namespace), now)
  const declared = new Set(decision.kind === 'declare' ? decision.desired.contents.map(identity) : [])
  const ours = situation.contents.filter(object => declared.has(identity(object)) || isMadeBy(owner, object))
  const claims = [...ours, namespace].flatMap(object => claimOf(object, situation))
  return {
    ...plan,
    obstacles: [...heldBecause(decision), ...ours.flatMap(object => objectObstacles(object, declared.has(identity(object)), situation))],
    claims,
    effects: decision.kind === 'declare' ? effectsOf({ owner, desired: decision.desired, namespace, contents: situation.contents, pods: situation.pods }) : undefined
  }
}

/** True where the namespace and all that is declared in it are the Tenant's already. */
export function isAdopted ({ claims }: Adoption, { namespace, tenant }: Situation): boolean {
  return claims.length === 0 && namespace !== undefined && isOwnedBy(namespace, tenant.metadata.uid)
}

/** What the hook would be asked once the engine has taken the namespace over: its own decision then is what will happen. */
function onceOwned ({ contents, classes }: Situation, namespace: ObservedObject): Observed {
  return {
    children: new Map([namespace, ...contents].map(object => [identity(object), object])),
    namespaces: new Map([[namespace.metadata.name, namespace]]),
    classes,
    kindsNotSent: []
  }
}

function claimOf (object: ObservedObject, { tenant, owners }: Situation): Claim[] {
  const { uid } = tenant.metadata
  const dangling = danglingOwners(object, uid, owners)
  return hasLabelOf(object, uid) && dangling.length === 0 ? [] : [{ object, dangling }]
}

function heldBecause (decision: Decision): string[] {
  // A namespace that is going is told by what is there.
  if (decision.kind !== 'hold' || decision.problems[0].reason === 'NamespaceTerminating') return []
  return decision.problems.map(({ message }) => `the Tenant is held: ${message}`)
}

/** The merge patch of a claim. */
export function claimPatch ({ object, dangling }: Claim, uid: string): { metadata: Record<string, unknown> } {
  const { uid: own, resourceVersion, ownerReferences = [] } = object.metadata
  return {
    metadata: {
      // Of the object that was looked at, not of one that has been made under its name since.
      uid: own,
      labels: { [ownershipLabel]: uid },
      // A list is replaced as a whole, so nobody may have changed it meanwhile.
      ...(dangling.length > 0 && { resourceVersion, ownerReferences: ownerReferences.filter(reference => !dangling.includes(reference)) })
    }
  }
}

export function isLast ({ object }: Claim): boolean {
  return isNamespace(object)
}
