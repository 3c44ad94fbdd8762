import { existingOf } from '../../api/further-namespace.ts'
import { labels } from '../../api/group.ts'
import { namespaceName } from '../../api/tenant.ts'
import { isTerminating, namespaceIdentity, type ObservedObject } from '../../kubernetes/object.ts'
import type { TenantOfEntry } from '../desired/tenant-of-entry.ts'
import type { ObservedState } from '../observed/observed-state.ts'
import { isKept } from '../observed/ownership.ts'
import type { Problem } from '../policy/problem.ts'
import { hold, type Hold } from './hold.ts'

/** Says why the Tenant cannot have its namespace now, and what to do; undefined where it has it, or may create it. */
export function namespaceIsUnavailable (tenant: TenantOfEntry, uid: string, { children, namespaces }: ObservedState): Hold | undefined {
  const name = namespaceName(tenant)
  const child = children.get(namespaceIdentity(name))
  const namespace = child ?? namespaces.get(name)
  const isExisting = existingOf(tenant.entry ?? '') !== undefined
  const when = isExisting ? existing : created
  if (namespace === undefined) return when.missing(tenant, name)
  if (isTerminating(namespace)) return when.terminating(tenant, name)
  if (child !== undefined) return when.owned(tenant, child)
  return isControlledBy(uid, namespace) ? namespaceIsBeingAdopted(name) : namespaceConflicts(tenant, namespace)
}

interface Availability {
  missing: (tenant: TenantOfEntry, name: string) => Hold | undefined
  terminating: (tenant: TenantOfEntry, name: string) => Hold
  owned: (tenant: TenantOfEntry, namespace: ObservedObject) => Hold | undefined
}

const created: Availability = { missing: () => undefined, terminating: namespaceIsTerminating, owned: () => undefined }
const existing: Availability = { missing: namespaceIsMissing, terminating: existingIsTerminating, owned: namespaceIsKept }

function isControlledBy (uid: string, { metadata }: ObservedObject): boolean {
  return metadata.ownerReferences?.some(owner => owner.uid === uid && owner.controller === true) === true
}

function namespaceIsMissing ({ metadata }: TenantOfEntry, name: string): Hold {
  return hold('Blocked', {
    reason: 'NamespaceMissing',
    message: `namespace ${name} does not exist, and existing namespaces are not created. ` +
      `Create it (kubectl create namespace ${name}) and adopt it: ${adoptCommand(metadata.name, name)}. ` +
      'Or remove its entry from spec.namespaces'
  })
}

function namespaceIsTerminating (_: TenantOfEntry, name: string): Hold {
  return hold('Provisioning', {
    reason: 'NamespaceTerminating',
    message: `namespace ${name} is being deleted, and is recreated afterwards. To see what it waits for: kubectl describe namespace ${name}`
  })
}

function existingIsTerminating ({ metadata }: TenantOfEntry, name: string): Hold {
  return hold('Blocked', {
    reason: 'NamespaceTerminating',
    message: `namespace ${name} is being deleted, and existing namespaces are not created again. ` +
      'Remove its entry from spec.namespaces of ' +
      `Tenant ${metadata.name}; or wait, create the namespace and adopt it: ${adoptCommand(metadata.name, name)}`
  })
}

/** The garbage collector decides by the owners of the namespace, which only `adopt` changes. */
function namespaceIsKept ({ metadata, spec }: TenantOfEntry, namespace: ObservedObject): Hold | undefined {
  if (spec.deletionPolicy === 'Retain' || !isKept(namespace)) return undefined
  const { name } = namespace.metadata
  return hold('Blocked', {
    reason: 'NamespaceKept',
    message: `its entry says deletionPolicy: Delete, and namespace ${name} was adopted to be kept when the Tenant is deleted. To have it ` +
      `deleted with its data: ${adoptCommand(metadata.name, name)}. To keep it, set deletionPolicy to Retain`
  })
}

/** The label protects it already, by guardrails; the owner that keeps it without them is missing. */
export function namespaceIsNotKept ({ entry = '', metadata, spec }: TenantOfEntry, { children }: ObservedState): Problem | undefined {
  const name = existingOf(entry)
  const namespace = name === undefined ? undefined : children.get(namespaceIdentity(name))
  if (name === undefined || namespace === undefined || spec.deletionPolicy !== 'Retain' || isKept(namespace)) return undefined
  return {
    reason: 'NamespaceNotKept',
    message: `namespace ${name} has no owner that keeps it when the Tenant is deleted, as its entry says. Adopt it again: ` +
      `${adoptCommand(metadata.name, name)}. To have it deleted with its data, set deletionPolicy to Delete`
  }
}

function namespaceIsBeingAdopted (name: string): Hold {
  return hold('Provisioning', {
    reason: 'NamespacePending',
    message: `waiting for Metacontroller to observe that this Tenant owns namespace ${name}`
  })
}

function namespaceConflicts (
  { metadata, entry }: TenantOfEntry, { metadata: { name, labels: found } }: ObservedObject
): Hold {
  const owner = found?.[labels.tenant]
  const adopt = adoptCommand(metadata.name, name)
  const isEntry = entry !== undefined
  const otherwise = isEntry ? 'Remove its entry from spec.namespaces' : 'Create the Tenant under another name'
  return hold('Blocked', {
    reason: 'NamespaceConflict',
    message: owner === undefined
      ? `namespace ${name} exists and belongs to no Tenant; it is left unchanged. ${otherwise}, or ` +
        `adopt the namespace with everything in it: ${adopt}`
      : owner === metadata.name
        ? `namespace ${name} belonged to an earlier Tenant ${owner}, or was released from this one; it is left unchanged. To adopt it ` +
          `with everything in it: ${adopt}`
        : `namespace ${name} belongs to Tenant ${owner}; it is left unchanged. ${remedyForOther(metadata.name, name, owner, isEntry)}`
  })
}

function remedyForOther (tenant: string, name: string, owner: string, isEntry: boolean): string {
  const move = `move it with everything in it: k8s-mtp move ${name} --to ${tenant} (a preview; --yes moves it)`
  return isEntry
    ? `Remove its entry from spec.namespaces, or ${move}`
    : `Create this Tenant under another metadata.name or spec.name, or ${move}. ` +
      `Do not delete the namespace: it may have the data of Tenant ${owner}`
}

function adoptCommand (tenant: string, namespace: string): string {
  return `k8s-mtp adopt ${tenant} ${namespace} (a preview; --yes adopts it)`
}
