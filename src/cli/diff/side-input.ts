import type { Side, SideProblem } from '../../diff/diff.ts'
import { namesOfNamespaces } from '../../diff/namespace-state.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import type { Tenant } from '../../api/tenant.ts'
import { fieldsAt, isFields, textAt } from '../../kubernetes/json.ts'
import { InputError, throwFindings } from '../input/input-error.ts'
import { at, kindOf, manifestSetOf, readShippedClasses, shippedClassNames, type ManifestSet, type Sourced } from '../input/manifest-set.ts'
import { namespacesOf } from '../input/namespaces-of.ts'
import { documentsIn, type SourceDocument, type SourceFile } from '../input/source-documents.ts'
import { classNotFoundIn } from '../input/tenant-objects.ts'

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
  readonly #documents = new Map<string, SourceDocument[]>()

  parse ({ file, content }: SourceFile): SourceDocument[] {
    const known = this.#documents.get(content)
    const documents = known ?? documentsIn(file, content)
    this.#documents.set(content, documents)
    return known === undefined ? documents : known.map(document => ({ ...document, file }))
  }
}

/** Reads the objects of one side. */
export function sideInput (files: readonly SourceFile[], parser: Parser): SideInput {
  const findings: string[] = []
  const documents = files.flatMap(file => {
    try {
      return parser.parse(file)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      findings.push(error.message)
      return []
    }
  })
  const set = manifestSetOf(documents)
  const tenants = byName(set.tenants.toReversed())
  const classes = byName(set.classes.toReversed())
  return {
    side: { tenants: objectsOf(tenants), classes: objectsOf(classes), invalid: invalidTenants(set) },
    tenants,
    classes,
    others: set.others.map(source => at(source, { path: ['kind'], message: `${kindOf(source)} is not compared` })),
    findings: [...findings, ...set.findings]
  }
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
  const { tenant, className, problem } = found
  const ofClass = classes.get(className)?.source
  const source = sourceOf(tenants.get(tenant ?? ''), found.index) ?? ofClass
  const where = problem?.reason === 'ClassInvalid' ? ofClass : source
  const violation = problem ?? classNotFoundIn(className, [...classes.keys()])
  return where === undefined ? `${tenant ?? className}: ${violation.message}` : at(where, violation)
}

function sourceOf (tenant: Sourced<Tenant> | undefined, index: number): SourceDocument | undefined {
  return tenant && (namespacesOf(tenant)[index]?.source ?? tenant.source)
}

/** @throws InputError with one line per finding, which says that HEAD is meant */
export function throwInvalidHead (findings: readonly string[]): void {
  if (findings.length > 0) throwFindings([...findings, 'HEAD is invalid, so nothing was compared. Correct the lines above'])
}
