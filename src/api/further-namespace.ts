import { Type, type Static } from '@sinclair/typebox'
import { ExistingNamespace } from './existing-namespace.ts'
import { namespaceOverrides } from './namespace-overrides.ts'
import { OneOf } from './one-of.ts'
import { QuotaAmounts } from './resource-amounts.ts'
import { Subject } from './subject.ts'
import { withValidations } from './validation/cel-rule.ts'
import { dnsLabel } from './validation/label-syntax.ts'

/** The most namespaces of a Tenant beside its home namespace. */
export const maxFurtherNamespaces = 50

/** Fewer than in the home namespace: the API server bounds the cost of all checks of a Tenant together. */
const subjects = (role: string) => Type.Optional(Type.Array(Subject, {
  maxItems: 32,
  description: `The ${role} of this namespace, in place of those of the Tenant. Without the field they are the same; with an ` +
    'empty list there are none.'
}))

export const FurtherNamespace = withValidations(Type.Object({
  name: Type.Optional(Type.String({
    minLength: 1,
    maxLength: 63,
    pattern: dnsLabel.source,
    description: 'The purpose of the namespace: the entry staging of Tenant acme is the namespace tenant-acme-staging.'
  })),
  existing: Type.Optional(ExistingNamespace),
  deletionPolicy: Type.Optional(OneOf(['Retain', 'Delete'], {
    description: 'What the deletion of the Tenant does to an existing namespace. Retain, the default: it is kept with everything in ' +
      'it. Delete: it is deleted with its data. Other entries follow spec.deletionPolicy.'
  })),
  className: Type.Optional(Type.String({
    minLength: 1, maxLength: 63, description: 'Name of its TenantClass; by default that of the Tenant.'
  })),
  admins: subjects('admins'),
  operators: subjects('operators'),
  viewers: subjects('viewers'),
  quotas: Type.Optional(QuotaAmounts(
    'Overrides of the quotas of its class, as spec.quotas has those of the home namespace, which do not apply here.'
  )),
  labels: namespaceOverrides.labels,
  annotations: namespaceOverrides.annotations
}, { description: 'A namespace beside the home namespace, with either name or existing.' }), [{
  rule: 'has(self.name) != has(self.existing)',
  message: 'an entry has either name, for a namespace that k8s-mtp creates, or existing, for one that exists. Set one of them',
  isValid: ({ name, existing }) => (name === undefined) !== (existing === undefined)
}, {
  rule: '!has(self.deletionPolicy) || has(self.existing)',
  message: 'deletionPolicy is for existing namespaces; others follow spec.deletionPolicy. Remove it',
  isValid: ({ deletionPolicy, existing }) => deletionPolicy === undefined || existing !== undefined
}])
export type FurtherNamespace = Static<typeof FurtherNamespace>

/** Between `existing` and the name of the namespace; the name of an entry has no dot. */
export const existingPrefix = 'existing.'

/** Identifies an entry in its Tenant: `staging`, or `existing.shop`. Empty for an entry of another shape. */
export function entryKey ({ name, existing }: { name?: unknown, existing?: unknown }): string {
  if (typeof existing === 'string') return existingPrefix + existing
  return typeof name === 'string' ? name : ''
}

/** `shop` of `existing.shop`; undefined for the key of any other entry. */
export function existingOf (key: string): string | undefined {
  return key.startsWith(existingPrefix) ? key.slice(existingPrefix.length) : undefined
}

export const FurtherNamespaces = withValidations(Type.Array(FurtherNamespace, {
  maxItems: maxFurtherNamespaces,
  // A map needs a key that every entry has.
  'x-kubernetes-list-type': 'atomic',
  description: 'Further namespaces, such as dev and staging, each with the objects of a home namespace. One that is removed from the ' +
    'list is kept with its data and its isolation, and reported as unlisted.'
}), [{
  rule: ['name', 'existing'].map(field => `self.all(entry, !has(entry.${field}) ||
    self.exists_one(other, has(other.${field}) && other.${field} == entry.${field}))`.replace(/\n +/, ' ')).join(' && '),
  message: 'two entries have the same name or existing namespace. Remove one of them, or rename it',
  isValid: self => new Set(self.map(entryKey)).size === self.length
}])

/** In place of spec.name, which the name of an existing namespace does not depend on. Short: the name rule bounds it together. */
export const nameOfExisting = 'e'

/** Of the overrides of a Tenant, those that a namespace of the same class inherits. All others are for the home namespace. */
const ofSameClass = ['roles', 'labels', 'annotations'] as const
const ofHome = ['namespaces', ...Object.keys(namespaceOverrides)]

/**
 * The spec of a Tenant as it would be if the namespace of an entry were its only one. Fields of the entry replace those of the Tenant.
 * An existing namespace is kept by default.
 */
export function specOfEntry (spec: Record<string, unknown>, { existing, ...entry }: Record<string, unknown>): Record<string, unknown> {
  const { className = spec['className'] } = entry
  const isInherited = (field: string) => ofSameClass.some(shared => shared === field)
    ? className === spec['className']
    : !ofHome.includes(field)
  return {
    ...Object.fromEntries(Object.entries(spec).filter(([field]) => isInherited(field))),
    ...(existing !== undefined && { deletionPolicy: 'Retain' }),
    ...entry,
    ...(existing !== undefined && { name: nameOfExisting })
  }
}
