import { KindGuard, type Static, type TSchema } from '@sinclair/typebox'
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler'
import { ValueErrorType, type ValueError } from '@sinclair/typebox/errors'
import { validationsOf } from './cel-rule.ts'

/** An invalid field, by its path of property names and list indexes from the root. */
export interface Violation {
  path: ReadonlyArray<string | number>
  message: string
  /** The stable name of the rule, if it has a name of its own. */
  rule?: string
}

export type Checked<T> = { ok: true, value: T } | { ok: false, violations: Violation[] }

/** Bounds of a list of errors, in items and in characters of their paths. */
const maxErrors = 20
const maxPathLength = 10_000
/** As long as any name in Kubernetes. */
const maxKeyLength = 253

/** Compiles a check against a schema and all its rules, as the API server checks. */
export function checker<S extends TSchema> (schema: S): (value: unknown) => Checked<Static<S>> {
  const check = compileLater(schema)
  return value => {
    const compiled = check()
    const violations = compiled.Check(value) ? ruleViolations(schema, value, []) : shapeViolations(compiled, value)
    return violations.length === 0 ? { ok: true, value: value as Static<S> } : { ok: false, violations: violations.slice(0, maxErrors) }
  }
}

/** Compiles a check against the shape that a schema describes, without its rules. */
export function guardOf<S extends TSchema> (schema: S): (value: unknown) => value is Static<S> {
  const check = compileLater(schema)
  return (value): value is Static<S> => check().Check(value)
}

/** Compiles a schema when it is needed first: large ones take milliseconds, and most commands need few. */
export function compileLater<S extends TSchema> (schema: S): () => TypeCheck<S> {
  let compiled: TypeCheck<S> | undefined
  return () => (compiled ??= TypeCompiler.Compile(schema))
}

/** `spec.admins[0].name`, as the API server writes it. */
export function formatPath (path: Violation['path']): string {
  return path.map((step, index) => typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${shortened(step)}`).join('')
}

/** A key of a map can be as long as the object. */
function shortened (key: string): string {
  return key.length <= maxKeyLength ? key : `${key.slice(0, maxKeyLength)}...`
}

export function formatViolation ({ path, message }: Violation): string {
  return path.length === 0 ? message : `${formatPath(path)}: ${message}`
}

/**
 * Returns the first errors of a value, one for each path, and looks for no more: a request of some megabytes can have an
 * error for every few bytes. TypeBox reports a missing property twice, as missing and as of the wrong type.
 */
export function firstErrors (compiled: TypeCheck<TSchema>, value: unknown): ValueError[] {
  const byPath = new Map<string, ValueError>()
  let pathLength = 0
  for (const error of compiled.Errors(value)) {
    if (byPath.has(error.path)) continue
    byPath.set(error.path, error)
    pathLength += error.path.length
    if (byPath.size === maxErrors || pathLength > maxPathLength) break
  }
  return [...byPath.values()]
}

function shapeViolations (compiled: TypeCheck<TSchema>, value: unknown): Violation[] {
  return firstErrors(compiled, value).map(error => ({ path: stepsOf(error.path, value), message: shapeMessage(error) }))
}

function shapeMessage ({ type, schema, message }: ValueError): string {
  if (type === ValueErrorType.ObjectRequiredProperty) return 'is required'
  if (type === ValueErrorType.StringPattern) return `must match ${String(schema['pattern'])}`
  if (type === ValueErrorType.Union && schema['x-kubernetes-int-or-string'] === true) {
    return 'must be a quantity: a string such as 500m or 1Gi, or a whole number'
  }
  if (type === ValueErrorType.Union) return `must be one of ${unionMembers(schema).join(', ')}`
  return message.replace(/^Expected/, 'must be:').replace(/^must be: (string|integer|boolean|object|array)$/, 'must be of type $1')
}

function unionMembers (schema: TSchema): string[] {
  return KindGuard.IsUnion(schema) ? schema.anyOf.map(member => JSON.stringify(member['const'])) : []
}

/** Splits a JSON pointer; a step into a list is an index. */
function stepsOf (pointer: string, root: unknown): Array<string | number> {
  let value = root
  return pointer.split('/').slice(1).map(escaped => {
    const step = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
    const inList = Array.isArray(value)
    value = (value as Record<string, unknown> | undefined)?.[step]
    return inList ? Number(step) : step
  })
}

function ruleViolations (schema: TSchema, value: unknown, path: Violation['path']): Violation[] {
  if (value === undefined) return []
  const here = validationsOf(schema).filter(({ isValid }) => isValid !== undefined && !isValid(value))
    .map(({ message, name }) => ({ path, message, ...(name !== undefined && { rule: name }) }))
  const below = members(schema, value).flatMap(([step, member, of]) => ruleViolations(member, of, [...path, step]))
  return [...here, ...duplicates(schema, value, path), ...below]
}

/** Lists items with equal `x-kubernetes-list-map-keys`, which the API server refuses. */
function duplicates (schema: TSchema, value: unknown, path: Violation['path']): Violation[] {
  const keys: unknown = schema['x-kubernetes-list-map-keys']
  if (!Array.isArray(keys) || !Array.isArray(value)) return []
  const written = value.map(item => JSON.stringify(keys.map(key => (item as Record<string, unknown>)[String(key)])))
  const message = `has the same ${keys.join(', ')} as an earlier item. Remove one of them`
  return written.flatMap((key, index) => written.indexOf(key) === index ? [] : [{ path: [...path, index], message }])
}

/** Lists the members of a value that the schema has, with their schemas; none for a value of another shape. */
export function members (schema: TSchema, value: unknown): Array<[step: string | number, schema: TSchema, member: unknown]> {
  if (KindGuard.IsArray(schema)) return Array.isArray(value) ? value.map((item, index) => [index, schema.items, item]) : []
  if (!isObject(value)) return []
  if (KindGuard.IsObject(schema)) return Object.entries(schema.properties).map(([name, property]) => [name, property, value[name]])
  const [values] = KindGuard.IsRecord(schema) ? Object.values(schema.patternProperties) : []
  return values === undefined ? [] : Object.entries(value).map(([key, item]) => [key, values, item])
}

export function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
