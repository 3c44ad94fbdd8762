import { customResourceDefinitions } from '../crd/custom-resource-definitions.ts'
import { differencesBetween, fieldsAt, isFields, type Fields } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { failed, few, ok, warning, type Result } from './finding.ts'
import { otherVersion, upgradeRemedy } from './installed-version.ts'

const expected = Object.values(customResourceDefinitions)

/** Compares the CustomResourceDefinitions with those of this version. Only the columns may differ without harm. */
export function installedDefinitions (observed: readonly ObservedObject[]): Result {
  const found = new Map(observed.map(object => [object.metadata.name, object]))
  const remedy = (names: string[]) => upgradeRemedy(names.map(name => found.get(name)), 'kubectl apply --server-side -f crds/')
  const missing = expected.map(({ metadata }) => metadata.name).filter(name => !isServed(found.get(name)))
  if (missing.length > 0) {
    const count = `${missing.length} of ${expected.length}`
    return failed(`${count} CustomResourceDefinitions are missing or not served: ${few(missing)}`, remedy(missing))
  }
  const different = expected.map(definition => ({ name: definition.metadata.name, fields: differentFields(definition, found) }))
    .filter(({ fields }) => fields.length > 0)
  if (different.length === 0) return ok(`${expected.length} CustomResourceDefinitions of this version`)
  const text = few(different.map(({ name, fields }) => `${name}${otherVersion(found.get(name))} in ${fields.join(' and ')}`))
  const names = different.map(({ name }) => name)
  return different.some(({ fields }) => fields.some(field => field !== columns))
    ? failed(`CustomResourceDefinitions differ from this version: ${text}`, remedy(names))
    : warning(`columns of CustomResourceDefinitions differ from this version: ${text}`, remedy(names))
}

const columns = 'additionalPrinterColumns'

/** The names of differing fields. The API server adds `conversion`. */
function differentFields (definition: { metadata: { name: string }, spec: object }, found: ReadonlyMap<string, ObservedObject>): string[] {
  const { conversion: _, ...observed } = fieldsAt({ ...found.get(definition.metadata.name) }, 'spec')
  const differences = differencesBetween(byVersion({ ...definition.spec }), byVersion(observed))
  return [...new Set(differences.map(({ path }) => path[0] === 'versions' ? path[2] ?? 'versions' : path[0] ?? 'spec'))]
}

/** A list counts as one difference, so versions become fields. */
function byVersion ({ versions, ...spec }: Fields): Fields {
  const list = Array.isArray(versions) ? versions.filter(isFields) : []
  return { ...spec, versions: Object.fromEntries(list.map(version => [String(version['name']), version])) }
}

function isServed (object: ObservedObject | undefined): boolean {
  const conditions = fieldsAt({ ...object }, 'status')['conditions']
  return Array.isArray(conditions) && conditions.some((condition: unknown) =>
    isFields(condition) && condition['type'] === 'Established' && condition['status'] === 'True')
}
