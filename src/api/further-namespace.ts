import { Type, type Static } from '@sinclair/typebox'
import { namespaceOverrides } from './namespace-overrides.ts'
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

export const FurtherNamespace = Type.Object({
  name: Type.String({
    minLength: 1,
    maxLength: 63,
    pattern: dnsLabel.source,
    description: 'The purpose of the namespace: the entry staging of Tenant acme is the namespace tenant-acme-staging.'
  }),
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
}, { description: 'A namespace beside the home namespace.' })
export type FurtherNamespace = Static<typeof FurtherNamespace>

export const FurtherNamespaces = withValidations(Type.Array(FurtherNamespace, {
  maxItems: maxFurtherNamespaces,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  description: 'Further namespaces, such as dev and staging, each with the objects of a home namespace. One that is removed from the ' +
    'list is kept with its data and its isolation, and reported as unlisted.'
}), [{
  rule: 'self.all(entry, self.exists_one(other, other.name == entry.name))',
  message: 'two entries have the same name. Remove one of them, or rename it',
  isValid: self => new Set(self.map(({ name }) => name)).size === self.length
}])

/** Of the overrides of a Tenant, those that a namespace of the same class inherits. All others are for the home namespace. */
const ofSameClass = ['roles', 'labels', 'annotations'] as const
const ofHome = ['namespaces', ...Object.keys(namespaceOverrides)]

/**
 * The spec of a Tenant as it would be if the namespace of an entry were its only one. Fields of the entry replace those of the Tenant.
 */
export function specOfEntry (spec: Record<string, unknown>, entry: Record<string, unknown>): Record<string, unknown> {
  const { className = spec['className'] } = entry
  const isInherited = (field: string) => ofSameClass.some(shared => shared === field)
    ? className === spec['className']
    : !ofHome.includes(field)
  return { ...Object.fromEntries(Object.entries(spec).filter(([field]) => isInherited(field))), ...entry }
}
