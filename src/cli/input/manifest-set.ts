import { Value } from '@sinclair/typebox/value'
import type { TObject } from '@sinclair/typebox'
import { checker, type Checked, type Violation } from '../../api/validation/checker.ts'
import { apiVersion, group } from '../../api/group.ts'
import { existingOf } from '../../api/further-namespace.ts'
import { namespaceName, Tenant } from '../../api/tenant.ts'
import { TenantClass } from '../../api/tenant-class.ts'
import { unknownFields } from '../../api/validation/unknown-fields.ts'
import { packageFile } from '../../package-file.ts'
import { findingAt, ruleOf, type Finding } from '../../lint/finding.ts'
import { namespacesOf } from '../../lint/namespaces-of.ts'
import type { SourceDocument, Sourced } from '../../lint/source.ts'
import type { TenantOfEntry } from '../../tenancy/desired/tenant-of-entry.ts'
import { documentsIn, readDocuments } from './source-documents.ts'

/** The Tenants and TenantClasses of a file or folder. */
export interface ManifestSet {
  tenants: Array<Sourced<Tenant>>
  classes: Array<Sourced<TenantClass>>
  /** Documents of other API groups. */
  others: SourceDocument[]
  /** Invalid documents of our kinds, which are in no other list. */
  invalid: SourceDocument[]
  /** All errors in the input. */
  findings: Finding[]
}

export const shippedClassNames: readonly string[] = ['default', 'large', 'sandbox', 'small', 'standard']

/** Reads the shipped TenantClasses, or some of them: each takes some 50 ms. */
export function readShippedClasses (names = shippedClassNames): ManifestSet {
  const files = names.map(name => `examples/classes/${name}.yaml`)
  return manifestSetOf(files.flatMap(file => documentsIn(file, packageFile(file)).documents))
}

/** @throws InputError if there is nothing to read, or a file is not valid YAML */
export async function readManifestSet (paths: readonly string[]): Promise<ManifestSet> {
  return manifestSetOf(await readDocuments(paths))
}

/** Validates each document, and that no two define one object or namespace. */
export function manifestSetOf (documents: readonly SourceDocument[]): ManifestSet {
  const loaded = documents.map(load)
  const tenants = loaded.flatMap(({ object, source }) => object?.kind === 'Tenant' ? [{ object, source }] : [])
  const classes = loaded.flatMap(({ object, source }) => object?.kind === 'TenantClass' ? [{ object, source }] : [])
  const findings = loaded.flatMap(({ source, violations }) => violations.map(violation => findingAt(source, ruleOf(violation), violation)))
  return {
    tenants,
    classes,
    others: loaded.flatMap(({ source, isOther }) => isOther ? [source] : []),
    invalid: loaded.flatMap(({ source, object, isOther }) => object === undefined && !isOther ? [source] : []),
    findings: [...findings, ...duplicates([...classes, ...tenants]), ...sharedNamespaces(tenants.flatMap(namespacesOf))]
  }
}

interface Loaded { source: SourceDocument, object?: Tenant | TenantClass, isOther?: true, violations: Violation[] }

const checkTenant = checker(Tenant)
const checkClass = checker(TenantClass)

const known = new WeakMap<object, Omit<Loaded, 'source'>>()

/** Two documents with one value, as of a file that two sides of a comparison share, are validated once, and have one object. */
function load (source: SourceDocument): Loaded {
  if (typeof source.value !== 'object' || source.value === null) return loadNew(source)
  const loaded = known.get(source.value) ?? loadNew(source)
  known.set(source.value, loaded)
  return { ...loaded, source }
}

function loadNew (source: SourceDocument): Loaded {
  const { apiVersion: given, kind, items } = fieldsOf(source)
  // A field `items` is what makes a list. Source: IsList of Unstructured in k8s.io/apimachinery
  if (Array.isArray(items)) return { source, violations: [listViolation] }
  if (typeof given !== 'string' || !given.startsWith(`${group}/`)) return { source, isOther: true, violations: [] }
  if (given === apiVersion && kind === 'Tenant') return validate(source, Tenant, checkTenant)
  if (given === apiVersion && kind === 'TenantClass') return validate(source, TenantClass, checkClass)
  const message = `${kindOf(source)} is not a kind for users. Write a Tenant or a TenantClass in ${apiVersion}.`
  return { source, violations: [{ path: ['kind'], message, rule: 'unsupported-kind' }] }
}

const listViolation = {
  path: ['items'],
  rule: 'unsupported-list',
  message: 'a list is not supported: other tools apply its items one by one, whatever its kind. Write each item as its own document.'
}

function validate<T extends Tenant | TenantClass> (source: SourceDocument, schema: TObject, check: (value: unknown) => Checked<T>): Loaded {
  const unknown = unknownFields(schema, source.value)
  const checked = check(Value.Default(schema, structuredClone(source.value)))
  return checked.ok
    ? { source, object: checked.value, violations: unknown }
    : { source, violations: [...unknown, ...checked.violations] }
}

function duplicates (objects: Array<Sourced<Tenant | TenantClass>>): Finding[] {
  return repeated(objects, ({ kind, metadata }) => `${kind} ${metadata.name}`).map(({ key, first, source }) => {
    const message = `${key} is already defined in ${first.source.file}. Remove one of the two.`
    return findingAt(source, 'duplicate-object', { path: ['metadata', 'name'], message })
  })
}

function sharedNamespaces (tenants: Array<Sourced<TenantOfEntry>>): Finding[] {
  return repeated(tenants, namespaceName).flatMap(({ key, first, object, source }) => {
    if (object.metadata.name === first.object.metadata.name) return []
    const owner = `Tenant ${first.object.metadata.name} in ${first.source.file}`
    const isExisting = existingOf(object.entry ?? '') !== undefined
    const message = `namespace ${key} already belongs to ${owner}. ` +
      (isExisting ? 'List it in one of the Tenants.' : 'Choose another name for one of the Tenants.')
    return [findingAt(source, 'duplicate-namespace', { path: ['spec', isExisting ? 'existing' : 'name'], message })]
  })
}

/** The objects whose key an earlier object has, with that object. */
function repeated<T> (objects: Array<Sourced<T>>, keyOf: (object: T) => string) {
  const seen = new Map<string, Sourced<T>>()
  return objects.flatMap(found => {
    const key = keyOf(found.object)
    const first = seen.get(key)
    if (first === undefined) seen.set(key, found)
    return first === undefined ? [] : [{ ...found, key, first }]
  })
}

/** Reports a document that is not read. */
export function ignored (source: SourceDocument): Finding {
  return findingAt(source, 'ignored-document', { path: ['kind'], message: `${kindOf(source)} is ignored` })
}

/** The kind of a document, on one line: `ConfigMap in v1`. */
export function kindOf (source: SourceDocument): string {
  const { apiVersion: given, kind } = fieldsOf(source)
  if (typeof given !== 'string' || typeof kind !== 'string') return 'a document without apiVersion and kind'
  const name = `${kind} in ${given}`
  return /^[\w./ -]+$/.test(name) ? name : JSON.stringify(name)
}

function fieldsOf ({ value }: SourceDocument): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {}
}
