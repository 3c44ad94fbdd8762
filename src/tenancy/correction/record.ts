import { correctedAnnotation } from '../../api/group.ts'
import { clockSkew, covers, partsOf, stampOf, stampText } from './correction-annotation.ts'
import type { Manifest } from '../desired/manifest.ts'
import { displayName, identity, type ObservedObject } from '../../kubernetes/object.ts'
import type { PreviousNamespace, PreviousStatus } from '../observed/previous-status.ts'
import type { Comparison } from '../drift/comparison.ts'
import { changedAt } from '../drift/rollout.ts'
import { mustBeMadeAnew } from './correct.ts'

/** Something that somebody changed and that is put right by this answer. */
export interface Correction {
  kind: string
  name: string
  what: string
}

export interface Stamps {
  /** Identity of a declared object to the value of its annotation, where it is to have one. */
  values: ReadonlyMap<string, string>
  /** What was found by this sync and not by the one before. */
  corrected: Correction[]
  /** Some drift was corrected a moment ago already and is there again, or still. */
  again: boolean
}

/** So long the same drift is taken for the one that was just corrected, in milliseconds: two steps take two syncs, and caches lag. */
export const sameDrift = 5_000

interface Context {
  /** What the status before said of the namespace. */
  before: PreviousNamespace | undefined
  previous: PreviousStatus
  now: Date
}

/**
 * The note that each object is to have of what was corrected on it last. It stands in the object that is written anyway, as a record in the
 * status alone would be lost: Metacontroller replaces the status by one that was made of a Tenant that may be out of date.
 */
export function stampsOf (comparisons: readonly Comparison[], rollingOut: ReadonlySet<string>, context: Context): Stamps {
  const stamps = comparisons.map(comparison => ({ ...comparison, ...stampFor(comparison, rollingOut, context) }))
  return {
    values: new Map(stamps.flatMap(({ manifest, value }) => value === undefined ? [] : [[identity(manifest), value]])),
    corrected: stamps.flatMap(({ manifest: { kind, metadata }, found }) => found === undefined ? [] : [{ kind, name: metadata.name, what: found }]),
    again: stamps.some(({ again }) => again === true)
  }
}

export function withStamp (manifest: Manifest, value: string | undefined): Manifest {
  if (value === undefined) return manifest
  return { ...manifest, metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, [correctedAnnotation]: value } } }
}

interface Stamping {
  value?: string
  found?: string
  again?: true
}

function stampFor ({ manifest, object, differs }: Comparison, rollingOut: ReadonlySet<string>, context: Context): Stamping {
  const theirs = rollingOut.has(displayName(manifest))
  if (object === undefined || differs === 'missing') return theirs ? {} : forMissing(displayName(manifest), context)
  const rests = theirs || differs.length === 0 || mustBeMadeAnew(manifest, object)
  return rests ? kept(object) : forDrifted(manifest, object, differs, context)
}

/** What drifted and is gone now could not be put right in place. It is told until it is there, and counted once. */
function forMissing (name: string, { before, now }: Context): Stamping {
  const what = before?.drifted.includes(name) === true ? 'recreated' : 'deleted'
  return { value: stampText(now, [what]), ...(before?.missing.includes(name) !== true && { found: what }) }
}

function forDrifted (manifest: Manifest, object: ObservedObject, differs: string[], context: Context): Stamping {
  const known = context.before?.drifted.includes(displayName(manifest)) === true
  const found = known ? {} : { found: differs.join(', ') }
  const stamp = stampOf(object)
  if (stamp === undefined) return { value: stampText(context.now, differs), ...found }

  const age = context.now.getTime() - stamp.time.getTime()
  const justNow = age >= -clockSkew && age <= sameDrift
  if (covers(stamp, differs) && (justNow || isTooSoon(age, known, context))) return { ...kept(object), ...(justNow && { again: true }) }
  return { value: stampText(context.now, justNow ? [...new Set([...partsOf(stamp), ...differs])] : differs), ...found }
}

function kept (object: ObservedObject): Stamping {
  const value = stampOf(object) === undefined ? undefined : object.metadata.annotations?.[correctedAnnotation]
  return value === undefined ? {} : { value }
}

/** A new note changes what server-side apply sends, which makes it send; what nothing mends is not tried for ever at the same pace. */
function isTooSoon (age: number, known: boolean, { previous, now }: Context): boolean {
  return known && age >= 0 && age <= (now.getTime() - changedAt(previous)) / 2
}
