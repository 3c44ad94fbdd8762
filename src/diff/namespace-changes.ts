import { boundChanges } from './bound-changes.ts'
import { accessChanges, accessIn, noAccess, type Access } from './effective-access.ts'
import { expiryChanges } from './expiry-changes.ts'
import { limitChanges, quotaChanges } from './amount-changes.ts'
import { beforeAndAfter } from './keyed-pairs.ts'
import { metadataChanges } from './metadata-changes.ts'
import type { NamespaceState } from './namespace-state.ts'
import { pathsBeyond, pathsIn } from './network-paths.ts'
import type { Effects, NamespaceChange } from './report.ts'

type State = NamespaceState | undefined

/** Compares a namespace. Undefined: there is none on that side. */
export function effectsBetween (before: State, after: State, now: Date): Effects {
  const [had, has] = [contentsOf(before), contentsOf(after)]
  const [wasOpen, isOpen] = [pathsOf(before), pathsOf(after)]
  return {
    access: accessChanges(accessOf(before), accessOf(after)),
    expiry: expiryChanges(listsOf(before), listsOf(after), now),
    quotas: quotaChanges(had, has),
    limits: limitChanges(had, has),
    network: { opened: pathsBeyond(isOpen, wasOpen), closed: pathsBeyond(wasOpen, isOpen) },
    bounds: before === undefined || after === undefined ? [] : boundChanges(before.desired, after.desired),
    metadata: metadataChanges(before?.desired, after?.desired)
  }
}

const contentsOf = (state: State) => state?.desired.contents ?? []
const listsOf = (state: State) => state?.lists ?? []

function pathsOf (state: State) {
  return state === undefined ? [] : pathsIn(state.desired.contents, state)
}

export function accessOf (state: State): Access {
  return state === undefined ? noAccess('') : accessIn(state.name, state.desired.contents)
}

export const noEffects: Effects =
  { access: [], expiry: [], quotas: [], limits: [], network: { opened: [], closed: [] }, bounds: [], metadata: [] }

export function hasEffects ({ access, expiry, quotas, limits, network, bounds, metadata }: Effects): boolean {
  return [access, expiry, quotas, limits, network.opened, network.closed, bounds, metadata].some(list => list.length > 0)
}

/** What remains the same on both sides is left out; undefined where nothing changes. */
export function namespaceChange (before: State, after: State, now: Date): NamespaceChange | undefined {
  const state = after ?? before
  if (state === undefined) return undefined
  const effects = effectsBetween(before, after, now)
  const change = before !== undefined ? 'changed' : state.isExisting ? 'adopted' : 'created'
  const own = { class: classOf(before, after), ...policyChange(before, after) }
  if (change === 'changed' && !hasEffects(effects) && own.deletionPolicy === undefined && own.class.before === own.class.after) {
    return undefined
  }
  return { name: state.name, change, ...own, ...effects }
}

/** A change of what becomes of the namespace with its Tenant. */
function policyChange (before: State, after: State): Pick<NamespaceChange, 'deletionPolicy'> {
  if (before === undefined || after === undefined || before.isKept === after.isKept) return {}
  return { deletionPolicy: after.isKept ? { before: 'Delete', after: 'Retain' } : { before: 'Retain', after: 'Delete' } }
}

export function classOf (before: Pick<NamespaceState, 'className'> | undefined, after: Pick<NamespaceState, 'className'> | undefined) {
  return beforeAndAfter(before?.className, after?.className)
}
