import { KindGuard, type TObject, type TSchema, type TUnion } from '@sinclair/typebox'
import { Bound } from '../../src/api/bound.ts'
import { Condition } from '../../src/api/condition.ts'
import { apiVersion } from '../../src/api/group.ts'
import { LimitItem } from '../../src/api/limits.ts'
import { AdditionalPolicy, Peer, Port, TenantPeer, TenantTrafficRule, TrafficRule } from '../../src/api/network.ts'
import { RoleRule } from '../../src/api/role-rule.ts'
import { Subject } from '../../src/api/subject.ts'
import { TenantClass } from '../../src/api/tenant-class.ts'
import { ClassInForce, Corrected, Expired, NamespaceStatus } from '../../src/api/tenant-status.ts'
import { Tenant } from '../../src/api/tenant.ts'
import { TenantNamespace } from '../../src/api/tenant-namespace.ts'
import { WorkloadPolicy } from '../../src/api/workload-policy.ts'
import { validationsOf } from '../../src/api/validation/cel-rule.ts'
import { customResourceDefinitions } from '../../src/crd/custom-resource-definitions.ts'
import { examples } from './api-examples.ts'
import { codeBlock, generatedFrom, wrap } from './text.ts'

const kinds: Record<string, TObject> = { Tenant, TenantClass, TenantNamespace, WorkloadPolicy }

/** Objects with a section of their own: other sections link to it. */
const types: Record<string, TObject> = {
  ...{ Subject, LimitItem, RoleRule, Bound, AdditionalPolicy, TrafficRule, Peer, TenantTrafficRule, TenantPeer, Port },
  ...{ NamespaceStatus, ClassInForce, Corrected, Expired, Condition }
}

/** A kind, a type, or one of their fields, by the path that its heading has. */
export interface Entry {
  path: string
  schema: TSchema
  isRequired: boolean
}

/** Lists everything that the page describes, in order. */
export function entries (): Entry[] {
  return Object.entries({ ...kinds, ...types }).flatMap(([path, schema]) => [{ path, schema, isRequired: true }, ...fieldsOf(schema, path)])
}

/** Returns docs/reference/api.md. */
export function apiPage (): string {
  return `${[
    '# API reference',
    generatedFrom('src/api'),
    introduction,
    ...entries().flatMap(entry => entry.path.includes('.') ? fieldSection(entry) : typeSection(entry))
  ].join('\n\n')}\n`
}

const introduction = [
  wrap(`All kinds are in \`${apiVersion}\`. The same text is in \`kubectl explain tenant.spec\`. The API server enforces ` +
    'types, bounds and rules; `k8s-mtp render` checks them without a cluster.'),
  wrap('A map has keys of your choice (`*` in paths). A quantity is a Kubernetes quantity such as `500m`, `1Gi` or `20`. ' +
    'A field with a default is optional.'),
  `Kinds: ${linksTo(kinds)}.`,
  wrap(`Types: ${linksTo(types)}.`)
].join('\n\n')

function linksTo (sections: Record<string, unknown>): string {
  return Object.keys(sections).map(linkTo).join(', ')
}

function linkTo (name: string): string {
  return `[${name}](#${name.toLowerCase()})`
}

function typeSection ({ path, schema }: Entry): string[] {
  return [`## ${path}`, wrap(escaped(schema.description ?? '')), ...(path in kinds ? [scopeOf(path)] : []), ...rulesOf(schema), ...exampleOf(path)]
}

function scopeOf (kind: string): string {
  const definition = Object.values(customResourceDefinitions).find(({ spec }) => spec.names.kind === kind)
  if (definition === undefined) throw new Error(`${kind} has no CustomResourceDefinition`)
  const { scope, names: { plural, shortNames, categories } } = definition.spec
  return [
    `${scope === 'Cluster' ? 'Cluster-scoped' : 'Namespaced'}. Plural ${code([plural])}`,
    `short ${code(shortNames)}, category ${code(categories)}.`
  ].join(', ')
}

function fieldSection (entry: Entry): string[] {
  const { path, schema } = entry
  const type = sentence([typeOf(schema), ...boundsOf(schema)].join(', '))
  const texts = [`${type} ${sentence(presenceOf(entry))}`, ...(schema.description === undefined ? [] : [escaped(schema.description)])]
  return [`### ${path}`, ...texts.map(text => wrap(text)), ...rulesOf(schema), ...exampleOf(path)]
}

function sentence (text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function code (names: string[]): string {
  return names.map(name => `\`${name}\``).join(', ')
}

/** Keeps `<` and `*` from being markup. */
function escaped (text: string): string {
  return text.replaceAll(/[<*]/g, String.raw`\$&`)
}

function presenceOf ({ schema, isRequired }: Entry): string {
  if (schema.default !== undefined) return `default \`${JSON.stringify(schema.default)}\``
  return isRequired ? 'required' : 'optional'
}

/** Lists the fields of an object, and those of objects in it that have no section of their own. */
function fieldsOf (schema: TSchema, path: string): Entry[] {
  if (KindGuard.IsArray(schema)) return fieldsOf(schema.items, `${path}[]`)
  if (KindGuard.IsRecord(schema)) return fieldsOf(valuesOf(schema), `${path}.*`)
  if (!KindGuard.IsObject(schema)) return []
  return Object.entries(schema.properties).filter(([, property]) => !KindGuard.IsLiteral(property)).flatMap(([name, property]) => {
    const field: Entry = { path: `${path}.${name}`, schema: property, isRequired: schema.required?.includes(name) === true }
    const hasSection = typeNameOf(innermost(property)) !== undefined
    return [...(name === 'metadata' ? [] : [field]), ...(hasSection ? [] : fieldsOf(property, field.path))]
  })
}

function innermost (schema: TSchema): TSchema {
  const items = itemsOf(schema)
  return items === undefined ? schema : innermost(items)
}

/** The schema of the items of a list, or of the values of a map. */
function itemsOf (schema: TSchema): TSchema | undefined {
  if (KindGuard.IsArray(schema)) return schema.items
  return KindGuard.IsRecord(schema) ? valuesOf(schema) : undefined
}

function isEnum (schema: TSchema): schema is TUnion {
  return KindGuard.IsUnion(schema) && schema['x-kubernetes-int-or-string'] !== true
}

function valuesOf (schema: TSchema & { patternProperties: Record<string, TSchema> }): TSchema {
  const [values] = Object.values(schema.patternProperties)
  if (values === undefined) throw new TypeError('a record has a schema for its values')
  return values
}

/** TypeBox copies a schema that becomes optional, so a type is recognised by its properties. */
function typeNameOf (schema: TSchema): string | undefined {
  const properties = (object: TSchema) => JSON.stringify(object['properties'])
  return KindGuard.IsObject(schema) ? Object.keys(types).find(name => properties(types[name] as TObject) === properties(schema)) : undefined
}

function typeOf (schema: TSchema): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'quantity'
  if (KindGuard.IsArray(schema)) return `list of ${typeOf(schema.items)}`
  if (KindGuard.IsRecord(schema)) return `map of ${typeOf(valuesOf(schema))}`
  if (KindGuard.IsObject(schema)) {
    const name = typeNameOf(schema)
    return name === undefined ? 'object' : linkTo(name)
  }
  return KindGuard.IsUnion(schema) ? 'string' : String(schema['type'])
}

/** Words the bounds of a value, and of the items in it that have no entry. */
function boundsOf (schema: TSchema): string[] {
  const { pattern, format } = schema as { pattern?: string, format?: string }
  const items = itemsOf(schema)
  const ofItems = items === undefined || KindGuard.IsObject(items) ? [] : boundsOf(items)
  return [
    ...(isEnum(schema) ? [`one of ${code(schema.anyOf.map(member => String(member['const'])))}`] : []),
    ...range(schema, 'minLength', 'maxLength', 'characters'),
    ...range(schema, 'minItems', 'maxItems', 'items'),
    ...range(schema, 'minProperties', 'maxProperties', 'keys'),
    ...range(schema, 'minimum', 'maximum', ''),
    ...(format === 'date-time' ? ['RFC 3339 date and time'] : []),
    ...(pattern === undefined ? [] : [`pattern \`${pattern}\``]),
    ...(Array.isArray(schema['x-kubernetes-list-map-keys']) ? [`unique by ${code(schema['x-kubernetes-list-map-keys'])}`] : []),
    ...(ofItems.length === 0 ? [] : [`each ${ofItems.join(', ')}`])
  ]
}

function range (schema: TSchema, min: string, max: string, unit: string): string[] {
  const [lowest, highest] = [schema[min] as number | undefined, schema[max] as number | undefined]
  const words = lowest === undefined
    ? highest === undefined ? '' : `at most ${highest}`
    : highest === undefined ? `at least ${lowest}` : `${lowest} to ${highest}`
  return words === '' ? [] : [`${words} ${unit}`.trimEnd()]
}

/** Rules of the value, and of the items in it that have no entry. */
function rulesOf (schema: TSchema): string[] {
  const messages = rulesWithin(schema)
  return messages.length === 0 ? [] : [messages.map(message => wrap(`- Rule: ${escaped(message)}.`, '  ')).join('\n')]
}

function rulesWithin (schema: TSchema): string[] {
  const items = itemsOf(schema)
  const own = validationsOf(schema).map(({ message }) => message)
  return items === undefined || typeNameOf(items) !== undefined ? own : [...own, ...rulesWithin(items)]
}

function exampleOf (path: string): string[] {
  const example = examples[path]
  return example === undefined ? [] : [codeBlock('yaml', example.trim())]
}
