import { Value } from '@sinclair/typebox/value'
import { group, podSecurityPrefix } from '../api/group.ts'
import type { DesiredNamespace } from './desired-state.ts'
import { isLastAppliedBroken } from './last-applied.ts'
import type { Manifest } from './manifests/manifest.ts'
import { displayName, identity, isNamespace, type Observed, type ObservedObject } from './observed.ts'

/** What is observed of a namespace against what is desired, object by object and judged by content. */
export interface Readiness {
  objects: number
  missing: string[]
  drifted: string[]
}

export function readinessOf ({ namespace, contents }: DesiredNamespace, observed: Observed): Readiness {
  const states = [namespace, ...contents].map(manifest => ({ name: displayName(manifest), state: stateOf(manifest, observed) }))
  const inState = (wanted: string) => states.filter(({ state }) => state === wanted).map(({ name }) => name).sort()
  return { objects: states.length, missing: inState('missing'), drifted: inState('drifted') }
}

function stateOf (manifest: Manifest, { children }: Observed): 'missing' | 'drifted' | 'ready' {
  const object = children.get(identity(manifest))
  if (object === undefined) return 'missing'
  return isAsDeclared(manifest, object) ? 'ready' : 'drifted'
}

/** True where the observed object has the declared content, nothing beside it that weakens it, and can be kept so. */
export function isAsDeclared (manifest: Manifest, object: ObservedObject): boolean {
  return !isLastAppliedBroken(object) &&
    Value.Equal(governedPart(manifest, manifest), governedPart(object, manifest)) &&
    contains(object.metadata.annotations, manifest.metadata.annotations)
}

/**
 * The part of an object in which everything is to be as declared and nothing else is to be: its content, the declared labels, and
 * those that decide about isolation. All other labels, and annotations, belong to whoever set them.
 */
export function governedPart (object: Manifest | ObservedObject, manifest: Manifest): Record<string, unknown> {
  const { apiVersion, kind, metadata, status, ...content } = object
  if (isNamespace(object)) delete content['spec'] // holds only the finalizers of the API server
  const declared = manifest.metadata.labels ?? {}
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => Object.hasOwn(declared, key) || isOursAlone(key))
  return { ...content, metadata: { labels: Object.fromEntries(labels) } }
}

/** Labels that decide about isolation, or that only we give. */
function isOursAlone (key: string): boolean {
  return key.startsWith(podSecurityPrefix) || key.startsWith(`${group}/`)
}

function contains (all: Record<string, string> = {}, some: Record<string, string> = {}): boolean {
  return Object.entries(some).every(([key, value]) => all[key] === value)
}
