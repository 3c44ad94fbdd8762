import { labels } from '../api/group.ts'
import type { ObservedTenant } from '../tenancy/decide.ts'
import { isFields } from '../kubernetes/json.ts'
import { isTerminating, type ObservedObject } from '../kubernetes/object.ts'
import { markPatch, withoutLabel, type Patch } from './ownership-patches.ts'
import { hasLabelOf, isOwnedBy, isTenantReference } from './owners.ts'
import { namespacesOf } from './situation.ts'

/** What a cluster holds of a namespace that is to be let go, read at one moment. */
export interface ReleaseSituation {
  tenantName: string
  /** Undefined where it is gone. */
  tenant: ObservedTenant | undefined
  namespaceName: string
  namespace: ObservedObject | undefined
  /** Everything in the namespace of the kinds that a Tenant comes to, whoever made it. */
  contents: readonly ObservedObject[]
  /** All Tenants that are there, as `Tenant/acme` by uid. */
  tenants: ReadonlyMap<string, string>
}

/** What to do next. Each step follows from what is observed alone, so a release that was interrupted goes on where it was. */
export type ReleaseStep =
  | { kind: 'refuse', because: string }
  | { kind: 'patch', what: 'namespace label' | 'contents labels' | 'contents marks' | 'namespace marks', patches: Patch[] }
  | { kind: 'wait', until: 'namespace is let go' | 'Tenant holds' | 'contents are let go' }
  | { kind: 'done' }

/**
 * First the namespace, since what is in it stays as it is once the Tenant is held: under server-side-apply a forced apply that is under
 * way puts a label back that has just been taken off, and Metacontroller writes the status at the end of a pass over the Tenant. Once it
 * says that the namespace is taken, no pass is under way any more that thinks otherwise. The labels that say whose the namespace was go last:
 * by them an interrupted release finds what is left to do.
 */
export function nextReleaseStep (situation: ReleaseSituation): ReleaseStep {
  const { tenant, namespace } = situation
  const refused = refusal(situation)
  if (refused !== undefined || namespace === undefined) return { kind: 'refuse', because: refused ?? '' }
  const contents = releasedObjects(situation)
  const letGo = tenant === undefined ? undefined : untilLetGo(tenant, namespace, contents, situation)
  if (letGo !== undefined) return letGo
  const marked = contents.flatMap(object => markPatch(object, situation.tenantName) ?? [])
  if (marked.length > 0) return { kind: 'patch', what: 'contents marks', patches: marked }
  const last = markPatch(namespace, situation.tenantName)
  return last === undefined ? { kind: 'done' } : { kind: 'patch', what: 'namespace marks', patches: [last] }
}

/** What is left to do until the engine owns none of it; undefined once that is so. */

function untilLetGo (tenant: ObservedTenant, namespace: ObservedObject, contents: readonly ObservedObject[], { tenantName, namespaceName }: ReleaseSituation): ReleaseStep | undefined {
  const { uid } = tenant.metadata
  if (hasLabelOf(namespace, uid)) return { kind: 'patch', what: 'namespace label', patches: [withoutLabel(namespace)] }
  if (isOwnedBy(namespace, uid)) return { kind: 'wait', until: 'namespace is let go' }
  const isBegun = [namespace, ...contents].some(object => isOwnedBy(object, uid) || markPatch(object, tenantName) !== undefined)
  if (isBegun && !isHeld(tenant, namespaceName)) return { kind: 'wait', until: 'Tenant holds' }
  const labelled = contents.filter(object => hasLabelOf(object, uid))
  if (labelled.length > 0) return { kind: 'patch', what: 'contents labels', patches: labelled.map(withoutLabel) }
  return contents.some(object => isOwnedBy(object, uid)) ? { kind: 'wait', until: 'contents are let go' } : undefined
}

/** What a release will leave without an owner, for people to see before it is done. */
export function releasedObjects (situation: ReleaseSituation): ObservedObject[] {
  return situation.contents.filter(object => isInQuestion(object, situation))
}

function refusal (situation: ReleaseSituation): string | undefined {
  const { tenant, tenantName, namespace, namespaceName } = situation
  if (namespace === undefined) return `there is no namespace ${namespaceName}: nothing to release`
  if (isTerminating(namespace)) return `namespace ${namespaceName} is being deleted, and nothing can keep it any more`
  if (tenant !== undefined && isTerminating(tenant)) return `Tenant ${tenantName} is being deleted, and its namespace may go with it: wait until it is gone, then look at what is left`
  const other = otherTenant(situation, namespace)
  if (other !== undefined) return `namespace ${namespaceName} is not Tenant ${tenantName}'s: it belongs to Tenant ${other}. To release it from that one: k8s-mtp release ${other} ${namespaceName}`
  if (isInQuestion(namespace, situation)) return undefined
  if (tenant === undefined) return `there is no Tenant ${tenantName}, and namespace ${namespaceName} bears no label of one: nothing to release`
  return namespacesOf(tenant).includes(namespaceName) ? undefined : `namespace ${namespaceName} has nothing of Tenant ${tenantName}: nothing to release`
}

/** The Tenant that a namespace is or was made for, if that is another one. */
function otherTenant ({ tenant, tenantName, tenants }: ReleaseSituation, { metadata }: ObservedObject): string | undefined {
  const owner = metadata.ownerReferences?.find(({ uid, controller }) => controller === true && uid !== tenant?.metadata.uid && tenants.has(uid))
  if (owner !== undefined) return tenants.get(owner.uid)?.replace('Tenant/', '')
  if (tenant !== undefined && metadata.ownerReferences?.some(({ uid }) => uid === tenant.metadata.uid) === true) return undefined
  const named = metadata.labels?.[labels.tenant]
  return named === tenantName ? undefined : named
}

function isInQuestion (object: ObservedObject, { tenant, tenantName }: ReleaseSituation): boolean {
  const { metadata } = object
  if (metadata.labels?.[labels.tenant] === tenantName) return true
  if (tenant !== undefined) return hasLabelOf(object, tenant.metadata.uid) || isOwnedBy(object, tenant.metadata.uid)
  return metadata.ownerReferences?.some(reference => isTenantReference(reference) && reference.name === tenantName) === true
}

/** True where the status says that nothing is done in this namespace any more. */
function isHeld (tenant: ObservedTenant, namespaceName: string): boolean {
  if (!namespacesOf(tenant).includes(namespaceName) || isTakenIn(tenant, namespaceName)) return true
  const { phase } = isFields(tenant.status) ? tenant.status : {}
  return phase === 'Paused' || phase === 'Blocked'
}

/** True where the status proves that the engine has passed over the Tenant since the namespace was let go. */
export function isTakenIn ({ status }: ObservedTenant, namespaceName: string): boolean {
  const namespaces = isFields(status) ? status['namespaces'] : undefined
  return Array.isArray(namespaces) && namespaces.some(entry => isFields(entry) && entry['name'] === namespaceName && entry['phase'] === 'Conflict')
}
