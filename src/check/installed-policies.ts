import { isFields, differencesBetween, fieldsAt, type Fields } from '../kubernetes/json.ts'
import type { KubernetesObject, ObservedObject } from '../kubernetes/object.ts'
import { otherVersion } from './installed-version.ts'

/** How installed policies or bindings differ from those of this version, as phrases for a message. */
export interface Deviations {
  missing: string[]
  changed: string[]
  changedNames: string[]
  /** Of an earlier version, by their labels. */
  leftOver: string[]
}

/** @param component the label app.kubernetes.io/component of such objects in all versions */
export function deviationsOf (
  expected: ReadonlyArray<Pick<KubernetesObject, 'metadata'> & object>, observed: readonly ObservedObject[], component: string
): Deviations {
  const found = new Map(observed.map(object => [object.metadata.name, object]))
  const names = expected.map(({ metadata }) => metadata.name)
  const ofInstalled = expected.flatMap(object => {
    const installed = found.get(object.metadata.name)
    return installed === undefined ? [] : [{ installed, fields: changedFields(object, installed) }]
  })
  const changed = ofInstalled.filter(({ fields }) => fields.length > 0)
  return {
    missing: names.filter(name => !found.has(name)),
    changed: changed.map(({ installed, fields }) => `${installed.metadata.name}${otherVersion(installed)} in ${fields.join(' and ')}`),
    changedNames: changed.map(({ installed }) => installed.metadata.name),
    leftOver: observed.filter(object => isOwn(object, component)).map(({ metadata }) => metadata.name).filter(name => !names.includes(name))
  }
}

function isOwn ({ metadata: { labels = {} } }: ObservedObject, component: string): boolean {
  return labels['app.kubernetes.io/name'] === 'k8s-mtp' && labels['app.kubernetes.io/component'] === component
}

function changedFields (expected: object, observed: ObservedObject): string[] {
  const differences = differencesBetween(withoutDefaults(fieldsAt({ ...expected }, 'spec')), withoutDefaults(fieldsAt(observed, 'spec')))
  return [...new Set(differences.map(({ path }) => ['spec', ...path.slice(0, 1)].join('.')))]
}

/**
 * Leaves out what the API server adds to policies and bindings.
 * Source: SetDefaults_MatchResources in k8s.io/kubernetes/pkg/apis/admissionregistration/v1
 */
function withoutDefaults (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([field, content]) => !isDefault(field, content))
    .map(([field, content]) => [field, withoutDefaults(content)])) satisfies Fields
}

function isDefault (field: string, value: unknown): boolean {
  const isSelector = field === 'namespaceSelector' || field === 'objectSelector'
  return (field === 'scope' && value === '*') || (isSelector && isFields(value) && Object.keys(value).length === 0)
}
