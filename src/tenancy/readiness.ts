import { Value } from '@sinclair/typebox/value'
import { group, podSecurityPrefix } from '../api/group.ts'
import type { DesiredNamespace } from './desired-state.ts'
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

/** True where the observed object has the declared content, and nothing beside it that weakens it. */
export function isAsDeclared (manifest: Manifest, object: ObservedObject): boolean {
  return Value.Equal(contentOf(manifest), contentOf(object)) &&
    labelsAreDeclared(manifest, object) &&
    contains(object.metadata.annotations, manifest.metadata.annotations)
}

/** All but identity, metadata and what the API server writes itself. */
function contentOf (object: Manifest | ObservedObject): Record<string, unknown> {
  const { apiVersion, kind, metadata, status, ...content } = object
  if (isNamespace(object)) delete content['spec'] // holds only the finalizers of the API server
  return content
}

function labelsAreDeclared (manifest: Manifest, object: ObservedObject): boolean {
  const declared = manifest.metadata.labels ?? {}
  const foreign = Object.keys(object.metadata.labels ?? {}).filter(key => !Object.hasOwn(declared, key))
  return contains(object.metadata.labels, declared) && !foreign.some(isOursAlone)
}

/** Labels that decide about isolation: one that was not declared is drift, where all others belong to other tools. */
function isOursAlone (key: string): boolean {
  return key.startsWith(podSecurityPrefix) || key.startsWith(`${group}/`)
}

function contains (all: Record<string, string> = {}, some: Record<string, string> = {}): boolean {
  return Object.entries(some).every(([key, value]) => all[key] === value)
}
