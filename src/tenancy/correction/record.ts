import { correctedAnnotation } from '../../api/group.ts'
import { displayName, identity, type KubernetesObject } from '../../kubernetes/object.ts'
import type { Comparison, Existing } from '../drift/comparison.ts'
import type { Drift } from '../drift/detected-drift.ts'
import { lastTransition } from '../drift/rollout.ts'
import { formatRecord, isRecorded, maxClockSkew, readRecord, recordedPaths } from '../observed/correction-record.ts'
import type { PreviousNamespace } from '../observed/previous-status.ts'
import type { SyncContext } from '../observed/sync-context.ts'

/** Drift that this sync corrects. */
export interface Correction {
  kind: string
  name: string
  /** Paths, or `deleted` or `recreated`. */
  what: string
}

export interface Records {
  /** By identity, the value of the annotation. */
  annotations: ReadonlyMap<string, string>
  /** Found by this sync, and not by the one before. */
  corrected: Correction[]
  /** True where drift of the last few seconds is still there: the next sync has to come soon. */
  recurring: boolean
}

/** In this time the same drift is the one that was just recorded, in milliseconds: a correction takes two syncs, and caches lag. */
export const sameDriftTimeout = 5_000

type Context = Pick<SyncContext, 'tenant' | 'previous' | 'now'>

/**
 * Records on each object its last correction. The record is part of the write that corrects the object; in the status
 * alone it would be lost, since Metacontroller replaces the status by one that was computed from an outdated Tenant.
 */
export function recordCorrections (comparisons: readonly Comparison[], drift: Drift, context: Context): Records {
  const before = context.previous.namespaces.get(context.tenant.namespace ?? '')
  const recordings = comparisons.map(comparison =>
    ({ manifest: comparison.manifest, ...recordingOf(comparison, drift.get(displayName(comparison.manifest)), before, context) }))
  return {
    annotations: new Map(recordings.flatMap(({ manifest, annotation }) =>
      annotation === undefined ? [] : [[identity(manifest), annotation]])),
    corrected: recordings.flatMap(({ manifest: { kind, metadata }, newDrift }) =>
      newDrift === undefined ? [] : [{ kind, name: metadata.name, what: newDrift }]),
    recurring: recordings.some(({ recurring }) => recurring === true)
  }
}

export function withRecord (child: KubernetesObject, { annotations }: Records): KubernetesObject {
  const annotation = annotations.get(identity(child))
  if (annotation === undefined) return child
  return { ...child, metadata: { ...child.metadata, annotations: { ...child.metadata.annotations, [correctedAnnotation]: annotation } } }
}

interface Recording {
  annotation?: string
  /** Drift that the last status does not have. */
  newDrift?: string
  recurring?: true
}

/** @param drifted undefined without drift */
function recordingOf (
  comparison: Comparison, drifted: readonly string[] | undefined, before: PreviousNamespace | undefined, context: Context
): Recording {
  if (comparison.action === 'create') return drifted === undefined ? {} : recordMissing(displayName(comparison.manifest), before, context)
  if (drifted === undefined || comparison.action !== 'correct') return keepRecord(comparison)
  return recordDrift(comparison, drifted, before, context)
}

/** A drifted object that is missing now was deleted to be recreated; it is counted once. */
function recordMissing (name: string, before: PreviousNamespace | undefined, { now }: Context): Recording {
  const what = before?.drifted.includes(name) === true ? 'recreated' : 'deleted'
  return { annotation: formatRecord(now, [what]), ...driftUnless(before?.missing.includes(name), what) }
}

function recordDrift (
  comparison: Existing, paths: readonly string[], before: PreviousNamespace | undefined, context: Context
): Recording {
  const isKnown = before?.drifted.includes(displayName(comparison.manifest))
  const drift = driftUnless(isKnown, paths.join(', '))
  const record = readRecord(comparison.observed)
  if (record === undefined) return { annotation: formatRecord(context.now, paths), ...drift }

  const age = context.now.getTime() - record.time.getTime()
  const isRecent = age >= -maxClockSkew && age <= sameDriftTimeout
  const isCurrent = isRecent || (isKnown === true && isTooEarly(age, context))
  if (isCurrent && isRecorded(paths, record)) return { ...keepRecord(comparison), ...(isRecent && { recurring: true }) }
  return { annotation: formatRecord(context.now, isRecent ? [...new Set([...recordedPaths(record), ...paths])] : paths), ...drift }
}

/** Drift of the last status is not reported again. */
function driftUnless (isKnown: boolean | undefined, newDrift: string): Recording {
  return isKnown === true ? {} : { newDrift }
}

function keepRecord ({ observed }: Existing): Recording {
  const annotation = observed.metadata.annotations?.[correctedAnnotation]
  return annotation === undefined || readRecord(observed) === undefined ? {} : { annotation }
}

/** Backs off where drift stays: a new record makes the engine apply the object again under server-side apply. */
function isTooEarly (age: number, { previous, now }: Context): boolean {
  return age >= 0 && age <= (now.getTime() - lastTransition(previous)) / 2
}
