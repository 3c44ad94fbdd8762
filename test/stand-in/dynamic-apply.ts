import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { sameJson } from './json.ts'
import { readLastApplied, withLastApplied, withoutLastApplied } from './last-applied.ts'
import { ownedBy } from './owner.ts'
import type { Child } from './plan-writes.ts'
import { merge } from './three-way-merge.ts'
import { writeOf, type Write } from './write.ts'

/** Fields of metadata that only the API server sets; they are never merged. */
export const systemFields = [
  'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp',
  'deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields'
]

/** Throws where the last-applied annotation cannot be read. */
export function dynamicApply ({ resource, parent, observed, desired, method }: Child): Write[] {
  if (observed === undefined) {
    const body = ownedBy(parent, withLastApplied(desired, desired))
    return [writeOf(resource, desired, { verb: 'create', body, ignored: ['AlreadyExists'] })]
  }
  const merged = mergeChild(observed, desired)
  if (sameJson(merged, observed) || observed.metadata.deletionTimestamp !== undefined || method === 'OnDelete') return []
  return [writeOf(resource, desired, { verb: 'update', body: merged, ignored: ['NotFound', 'Conflict'] })]
}

function mergeChild (observed: KubeObject, desired: KubeObject): KubeObject {
  const lastApplied = readLastApplied(observed)
  const declared = withoutLastApplied(desired)
  // Objects merge into an object that has what the observed one has, unless last-applied names it and desired does not.
  const merged = merge(observed, lastApplied, declared) as KubeObject
  return withLastApplied(withServerFieldsOf(observed, merged), declared)
}

function withServerFieldsOf (observed: KubeObject, merged: KubeObject): KubeObject {
  const { status: _, ...object } = merged
  const metadata = isRecord(merged.metadata)
    ? Object.entries(merged.metadata)
      .filter(([key]) => !systemFields.includes(key))
    : []
  const kept = Object.entries(observed.metadata).filter(([key]) => systemFields.includes(key))
  return {
    ...object,
    // A child without a name never gets this far: it has been observed under one.
    metadata: Object.fromEntries([...metadata, ...kept]) as KubeObject['metadata'],
    ...(observed.status !== undefined && { status: observed.status })
  }
}
