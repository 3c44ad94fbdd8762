import { labels } from '../api/group.ts'
import { displayName, identity, isNamespace, type ObservedObject } from '../kubernetes/object.ts'
import type { DesiredNamespace } from '../tenancy/desired/desired-state.ts'
import { compareAll, type Comparison } from '../tenancy/drift/comparison.ts'
import type { Owner } from '../tenancy/observed/loose-tenant.ts'
import { isProducedBy } from '../tenancy/observed/ownership.ts'
import { accessChanges, type AccessChanges } from './access-changes.ts'
import { fieldChanges, type FieldChange } from './field-changes.ts'
import { authorRestrictions, restrictionsOf } from './restrictions.ts'
import type { Situation } from './situation.ts'

/** An object whose content changes. */
export interface Change {
  object: string
  /** True where another owner created it: its content is lost. */
  replaces: boolean
  /** Who wrote it, where it is replaced: its field managers, and the tool in its label. */
  writers: string[]
  /** True where it cannot be changed in place, and so is deleted and created. */
  recreated: boolean
  fields: FieldChange[]
}

/** How an adoption changes a namespace; objects as `Role/tenant-admin`. */
export interface Effects {
  created: string[]
  changed: Change[]
  removed: string[]
  upToDate: string[]
  /** Objects of the child kinds that are neither desired nor produced by us: they stay, with what they grant and open. */
  unmanaged: string[]
  access: AccessChanges
  restrictions: string[]
}

/** Compares as a sync does. */
export function effectsOf (
  owner: Owner, desired: DesiredNamespace, namespace: ObservedObject, { contents, pods }: Pick<Situation, 'contents' | 'pods'>
): Effects {
  const comparisons = compareAll(desired, new Map([namespace, ...contents].map(object => [identity(object), object])))
  const declared = new Set(comparisons.map(({ manifest }) => identity(manifest)))
  const undeclared = contents.filter(object => !declared.has(identity(object)))
  const unmanaged = undeclared.filter(object => !isProducedBy(owner, object))
  const changed = comparisons.flatMap(comparison => changeOf(comparison, owner))
  const named = (action: Comparison['action']) =>
    comparisons.filter(comparison => comparison.action === action).map(({ manifest }) => displayName(manifest))
  return {
    created: named('create'),
    changed,
    removed: undeclared.filter(object => isProducedBy(owner, object)).map(displayName),
    upToDate: named('keep'),
    unmanaged: unmanaged.map(displayName),
    access: accessChanges(contents, [...desired.contents, ...unmanaged], new Set(changed.map(({ object }) => object))),
    restrictions: [...restrictionsOf(desired, namespace, contents, pods), ...authorRestrictions(desired, unmanaged)]
  }
}

function changeOf (comparison: Comparison, owner: Owner): Change[] {
  const { action, manifest, observed } = comparison
  if (action === 'create' || action === 'keep') return []
  const replaces = !isNamespace(observed) && !isProducedBy(owner, observed)
  return [{
    object: displayName(manifest),
    replaces,
    writers: replaces ? writersOf(observed) : [],
    recreated: action === 'recreate',
    fields: fieldChanges(comparison.differences)
  }]
}

function writersOf ({ metadata: { labels: all = {}, managedFields = [] } }: ObservedObject): string[] {
  return [...new Set([all[labels.managedBy], ...managedFields.map(({ manager }) => manager)])].filter(writer => writer !== undefined)
}
