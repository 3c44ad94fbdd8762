import type { Side, SideProblem } from '../../diff/diff.ts'
import { namesOfNamespaces } from '../../diff/namespace-state.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import type { Tenant } from '../../api/tenant.ts'
import { formatViolation } from '../../api/validation/checker.ts'
import { fieldsAt, isFields, textAt } from '../../kubernetes/json.ts'
import { findingAt, formatFinding, ruleOf } from '../../lint/finding.ts'
import { namespacesOf } from '../../lint/namespaces-of.ts'
import { unknownClass } from '../../lint/policy-findings.ts'
import type { Sourced, SourceDocument } from '../../lint/source.ts'
import type { TenantOfEntry } from '../../tenancy/desired/tenant-of-entry.ts'
import { throwFindings } from '../input/input-error.ts'
import { kindOf, manifestSetOf, readShippedClasses, shippedClassNames, type ManifestSet } from '../input/manifest-set.ts'
import { documentsIn, type SourceFile, type Sources } from '../input/source-documents.ts'

/** A side of the comparison with the documents that it was read from. */
export interface SideInput {
  side: Side
  tenants: ReadonlyMap<string, Sourced<Tenant>>
  classes: ReadonlyMap<string, Sourced<TenantClass>>
  others: string[]
  /** What is wrong with single documents. */
  findings: string[]
}

/** Parses files; one with the text of an earlier file shares its values, so that both sides have the same objects. */
export class Parser {
  readonly #sources = new Map<string, Omit<Sources, 'suppressions'>>()

  parse ({ file, content }: SourceFile): Omit<Sources, 'suppressions'> {
    const { documents, findings } = this.#sources.get(content) ?? documentsIn(file, content)
    this.#sources.set(content, { documents, findings })
    return { documents: documents.map(document => ({ ...document, file })), findings: findings.map(finding => ({ ...finding, file })) }
  }
}

/** Reads the objects of one side. */
export function sideInput (files: readonly SourceFile[], parser: Parser): SideInput {
  const sources = files.map(file => parser.parse(file))
  const set = manifestSetOf(sources.flatMap(({ documents }) => documents))
  const tenants = byName(set.tenants.toReversed())
  const classes = byName(set.classes.toReversed())
  return {
    side: { tenants: objectsOf(tenants), classes: objectsOf(classes), invalid: invalidTenants(set) },
    tenants,
    classes,
    others: set.others.map(notCompared),
    findings: [...sources.flatMap(({ findings }) => findings), ...set.findings].map(formatFinding)
  }
}

function notCompared (source: SourceDocument): string {
  return formatFinding(findingAt(source, 'ignored-document', { path: ['kind'], message: `${kindOf(source)} is not compared` }))
}

/** Adds the shipped classes that Tenants of either side use, under names that a side does not use. */
export function withShippedClasses (base: SideInput, head: SideInput): [SideInput, SideInput] {
  const tenants = [...base.tenants.values(), ...head.tenants.values()]
  const used = new Set(tenants.flatMap(namespacesOf).map(({ object }) => object.spec.className))
  const shipped = byName(readShippedClasses(shippedClassNames.filter(name => used.has(name))).classes)
  const added = (input: SideInput): SideInput => {
    const classes = new Map([...shipped, ...input.classes])
    return { ...input, classes, side: { ...input.side, classes: objectsOf(classes) } }
  }
  return [added(base), added(head)]
}

/** The last one of a name counts. */
function byName<T extends Tenant | TenantClass> (all: ReadonlyArray<Sourced<T>>): Map<string, Sourced<T>> {
  return new Map(all.map(each => [each.object.metadata.name, each]))
}

function objectsOf<T> (all: ReadonlyMap<string, Sourced<T>>): Map<string, T> {
  return new Map([...all].map(([name, { object }]) => [name, object]))
}

/** Their namespaces exist, if an earlier and valid version of the Tenant was applied. */
function invalidTenants ({ invalid }: ManifestSet): NonNullable<Side['invalid']> {
  return new Map(invalid.flatMap(({ value }) => {
    const named = isFields(value) ? looseTenant(value) : undefined
    return named === undefined ? [] : [[named.metadata.name, namesOfNamespaces(named)] as const]
  }))
}

/** As much of a Tenant as names its namespaces. */
export function looseTenant (value: Record<string, unknown>): Tenant | undefined {
  const spec = fieldsAt(value, 'spec')
  const [name, home] = [textAt(fieldsAt(value, 'metadata'), 'name'), textAt(spec, 'name')]
  if (value['kind'] !== 'Tenant' || name === '' || home === '') return undefined
  const { namespaces, deletionPolicy } = spec
  const entries = (Array.isArray(namespaces) ? namespaces : []).filter(isFields)
    .filter(entry => typeof entry['name'] === 'string' || typeof entry['existing'] === 'string')
  return { metadata: { name }, spec: { name: home, deletionPolicy, namespaces: entries } } as unknown as Tenant
}

/** Words a problem at its line: `file:line: field: message`. */
export function findingOf (found: SideProblem, { tenants, classes }: SideInput): string {
  const { tenant, className, index, problem } = found
  const namespace = namespaceAt(tenants.get(tenant ?? ''), index)
  if (problem === undefined) {
    return namespace === undefined ? withoutSource(found) : formatFinding(unknownClass(namespace, [...classes.keys()], true))
  }
  const ofClass = classes.get(className)?.source
  const source = problem.reason === 'ClassInvalid' ? ofClass : namespace?.source ?? ofClass
  return source === undefined ? withoutSource(found) : formatFinding(findingAt(source, ruleOf(problem), problem))
}

function namespaceAt (tenant: Sourced<Tenant> | undefined, index: number): Sourced<TenantOfEntry> | undefined {
  return tenant && (namespacesOf(tenant)[index] ?? tenant)
}

/** Words a problem of an object without a file, such as one of a cluster. */
export function withoutSource ({ tenant, className, problem }: SideProblem): string {
  const name = tenant === undefined ? `TenantClass ${className}` : `Tenant ${tenant}`
  return `${name}: ${problem === undefined ? `TenantClass ${className} does not exist` : formatViolation(problem)}`
}

/** @throws InputError with one line per finding, which says that HEAD is meant */
export function throwInvalidHead (findings: readonly string[]): void {
  if (findings.length > 0) throwFindings([...findings, 'HEAD is invalid, so nothing was compared. Correct the lines above'])
}
