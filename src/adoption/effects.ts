import { mustBeMadeAnew } from '../tenancy/correction/correct.ts'
import type { DesiredNamespace } from '../tenancy/desired/desired-state.ts'
import type { Fields } from '../kubernetes/json.ts'
import { governedPart } from '../tenancy/drift/managed-view.ts'
import type { Manifest } from '../tenancy/desired/manifest.ts'
import { displayName, identity, isNamespace, type ObservedObject } from '../kubernetes/object.ts'
import { isMadeBy, type Owner } from '../tenancy/observed/ownership.ts'
import { drift } from '../tenancy/drift/comparison.ts'
import { fieldChanges, type FieldChange } from './field-changes.ts'
import { peopleChanges, type PeopleChanges } from './access-changes.ts'
import { tightening } from './tightening.ts'

/** An object whose content becomes the declared one. */
export interface Change {
  object: string
  /** True where it is not from an earlier life of the Tenant: somebody else made it, and what it says is gone. */
  replaces: boolean
  /** True where it cannot be changed in place, and so is deleted and made anew. */
  madeAnew: boolean
  fields: FieldChange[]
}

/** What becomes of a namespace once the engine has it; objects as `Role/tenant-admin`. */
export interface Effects {
  created: string[]
  changed: Change[]
  removed: string[]
  asDeclared: string[]
  /** Of the kinds that a Tenant comes to, and neither declared nor made by us: they stay, with the rights and the openings they give. */
  untouched: string[]
  people: PeopleChanges
  tighter: string[]
}

export interface EffectsInput {
  owner: Owner
  desired: DesiredNamespace
  namespace: ObservedObject
  contents: readonly ObservedObject[]
  pods: readonly ObservedObject[] | undefined
}

/** Desired against what is there, by the same functions that the hook and the status go by. */
export function effectsOf ({ owner, desired, namespace, contents, pods }: EffectsInput): Effects {
  const manifests = [desired.namespace, ...desired.contents]
  const present = new Map([namespace, ...contents].map(object => [identity(object), object]))
  const declared = new Set(manifests.map(identity))
  const undeclared = contents.filter(object => !declared.has(identity(object)))
  const untouched = undeclared.filter(object => !isMadeBy(owner, object))
  const changed = manifests.flatMap(manifest => changeOf(manifest, present.get(identity(manifest)), owner, desired.reservedPrefixes))
  return {
    created: manifests.filter(manifest => !present.has(identity(manifest))).map(displayName),
    changed,
    removed: undeclared.filter(object => isMadeBy(owner, object)).map(displayName),
    asDeclared: manifests.filter(manifest => isKept(manifest, present, desired.reservedPrefixes)).map(displayName),
    untouched: untouched.map(displayName),
    people: peopleChanges(contents, [...desired.contents, ...untouched], new Set(changed.map(({ object }) => object))),
    tighter: tightening(desired, namespace, contents, pods)
  }
}

function isAsDeclared (manifest: Manifest, object: ObservedObject, reservedPrefixes: readonly string[]): boolean {
  return drift(manifest, object, isNamespace(manifest) ? reservedPrefixes : []).length === 0
}

function isKept (manifest: Manifest, present: ReadonlyMap<string, ObservedObject>, reservedPrefixes: readonly string[]): boolean {
  const object = present.get(identity(manifest))
  return object !== undefined && isAsDeclared(manifest, object, reservedPrefixes)
}

function changeOf (manifest: Manifest, object: ObservedObject | undefined, owner: Owner, reservedPrefixes: readonly string[]): Change[] {
  if (object === undefined || isAsDeclared(manifest, object, reservedPrefixes)) return []
  return [{
    object: displayName(manifest),
    replaces: !isNamespace(object) && !isMadeBy(owner, object),
    madeAnew: mustBeMadeAnew(manifest, object),
    fields: fieldChanges(visiblePart(object, manifest, reservedPrefixes), visiblePart(manifest, manifest, reservedPrefixes))
  }]
}

/** What readiness judges. */
function visiblePart (object: Manifest | ObservedObject, manifest: Manifest, reservedPrefixes: readonly string[]): Fields {
  return governedPart(object, manifest, isNamespace(manifest) ? reservedPrefixes : [])
}
