import { labels } from '../api/group.ts'
import { fieldsAt } from '../kubernetes/json.ts'
import { isTerminating, type ObservedObject } from '../kubernetes/object.ts'
import { readLooseTenant, type ObservedTenant } from '../tenancy/observed/loose-tenant.ts'
import { readPreviousStatus } from '../tenancy/observed/previous-status.ts'
import { hasLabelOf, isOwnedBy, isReferenceTo } from './owners.ts'
import { managedMetadataPatch, ownershipPatch, type Patch } from './release-patches.ts'
import type { Situation } from './situation.ts'

/** What a cluster holds about a namespace to release, read at one moment. */
export interface ReleaseSituation extends Pick<Situation, 'namespaceName' | 'namespace' | 'contents'> {
  tenantName: string
  /** Undefined where it is gone. */
  tenant: ObservedTenant | undefined
  /** All existing Tenants by uid, as `Tenant/acme`. */
  tenants: ReadonlyMap<string, string>
  /** True once this release has changed something: that nothing is left to release is then its end. */
  isStarted?: boolean
}

/** The next step. It follows from the observed state alone, so an interrupted release continues. */
export type ReleaseStep =
  | { kind: 'refuse', because: string }
  | { kind: 'patch', what: 'namespace ownership' | 'contents ownership' | 'contents metadata' | 'namespace metadata', patches: Patch[] }
  | { kind: 'wait', until: 'namespace is released' | 'Tenant is on hold' | 'contents are released' }
  | { kind: 'done' }

/**
 * Finds the next step of a release. The namespace comes first: the objects in it stay unchanged once the Tenant is on
 * hold. Under server-side apply a forced apply in progress may restore a label that was just removed. Metacontroller
 * writes the status at the end of a sync, so once it reports the conflict no earlier sync is in progress. The labels
 * that name the Tenant go last: by them an interrupted release finds its remaining steps.
 */
export function nextReleaseStep (situation: ReleaseSituation): ReleaseStep {
  const { tenant, namespace } = situation
  const refused = refusal(situation)
  if (refused !== undefined || namespace === undefined) return { kind: 'refuse', because: refused ?? '' }
  const contents = releasedObjects(situation)
  const step = tenant === undefined ? undefined : ownershipStep(tenant, namespace, contents, situation)
  if (step !== undefined) return step
  const managed = contents.flatMap(object => managedMetadataPatch(object, situation.tenantName) ?? [])
  if (managed.length > 0) return { kind: 'patch', what: 'contents metadata', patches: managed }
  const last = managedMetadataPatch(namespace, situation.tenantName)
  return last === undefined ? { kind: 'done' } : { kind: 'patch', what: 'namespace metadata', patches: [last] }
}

/** The next step until the engine owns nothing; undefined after that. */
function ownershipStep (
  tenant: ObservedTenant, namespace: ObservedObject, contents: readonly ObservedObject[],
  { tenantName, namespaceName }: ReleaseSituation
): ReleaseStep | undefined {
  const { uid } = tenant.metadata
  if (hasLabelOf(namespace, uid)) return { kind: 'patch', what: 'namespace ownership', patches: [ownershipPatch(namespace)] }
  if (isOwnedBy(namespace, uid)) return { kind: 'wait', until: 'namespace is released' }
  const isUnfinished = [namespace, ...contents].some(object =>
    isOwnedBy(object, uid) || managedMetadataPatch(object, tenantName) !== undefined)
  if (isUnfinished && !isOnHold(tenant, namespaceName)) return { kind: 'wait', until: 'Tenant is on hold' }
  const labelled = contents.filter(object => hasLabelOf(object, uid))
  if (labelled.length > 0) return { kind: 'patch', what: 'contents ownership', patches: labelled.map(ownershipPatch) }
  return contents.some(object => isOwnedBy(object, uid)) ? { kind: 'wait', until: 'contents are released' } : undefined
}

/** Lists the objects that a release leaves without an owner. */
export function releasedObjects (situation: ReleaseSituation): ObservedObject[] {
  return situation.contents.filter(object => isOfTenant(object, situation))
}

function refusal (situation: ReleaseSituation): string | undefined {
  const { tenant, tenantName, namespace, namespaceName } = situation
  if (namespace === undefined) return `namespace ${namespaceName} does not exist: nothing to release`
  if (isTerminating(namespace)) return `namespace ${namespaceName} is being deleted and cannot be kept`
  if (tenant !== undefined && isTerminating(tenant)) {
    return `Tenant ${tenantName} is being deleted, and its namespace may be deleted ` +
    'with it. Wait until it is gone, then release what is left'
  }
  const other = otherTenant(situation, namespace)
  if (other !== undefined) {
    return `namespace ${namespaceName} belongs to Tenant ${other}, not to ${tenantName}: nothing to release`
  }
  if (isOfTenant(namespace, situation) || situation.isStarted === true) return undefined
  if (tenant === undefined) {
    return `Tenant ${tenantName} does not exist, and namespace ${namespaceName} has no label of one: nothing to release`
  }
  return readLooseTenant(tenant).namespace === namespaceName
    ? undefined
    : `namespace ${namespaceName} has nothing of Tenant ${tenantName}: nothing to release`
}

/** Another Tenant that owns, or owned, the namespace. */
function otherTenant ({ tenant, tenantName, tenants }: ReleaseSituation, { metadata }: ObservedObject): string | undefined {
  const owner = metadata.ownerReferences?.find(({ uid, controller }) =>
    controller === true && uid !== tenant?.metadata.uid && tenants.has(uid))
  if (owner !== undefined) return tenants.get(owner.uid)?.replace('Tenant/', '')
  if (tenant !== undefined && metadata.ownerReferences?.some(({ uid }) => uid === tenant.metadata.uid) === true) return undefined
  const labelled = metadata.labels?.[labels.tenant]
  return labelled === tenantName ? undefined : labelled
}

function isOfTenant (object: ObservedObject, { tenant, tenantName }: ReleaseSituation): boolean {
  const { metadata } = object
  if (metadata.labels?.[labels.tenant] === tenantName) return true
  if (tenant !== undefined) return hasLabelOf(object, tenant.metadata.uid) || isOwnedBy(object, tenant.metadata.uid)
  return metadata.ownerReferences?.some(reference => isReferenceTo(tenantName, reference)) === true
}

/** True where the status says that the Tenant leaves this namespace unchanged. */
function isOnHold (tenant: ObservedTenant, namespaceName: string): boolean {
  if (readLooseTenant(tenant).namespace !== namespaceName || reportsConflict(tenant, namespaceName)) return true
  const phase = fieldsAt(tenant, 'status')['phase']
  return phase === 'Paused' || phase === 'Blocked'
}

/** True where the status proves that the engine has synced the Tenant since the namespace was released. */
export function reportsConflict (tenant: ObservedTenant, namespaceName: string): boolean {
  return readPreviousStatus(tenant).namespaces.get(namespaceName)?.phase === 'Conflict'
}
