import { Type, type Static } from '@sinclair/typebox'
import { atomic } from './atomic.ts'
import { apiVersion } from './group.ts'
import { OneOf } from './one-of.ts'
import { QuotaAmounts } from './resource-amounts.ts'
import { maxAdditionalRoles } from './role-names.ts'
import { subjectFields } from './subject.ts'
import { TenantStatus } from './tenant-status.ts'

const KeyedSubject = Type.Object({
  ...subjectFields,
  expiresAt: Type.Optional(Type.String({ maxLength: 64, description: 'When its access ends.' }))
}, { description: 'A user, group or ServiceAccount.' })
export type KeyedSubject = Static<typeof KeyedSubject>

/** A list would lose a user with the name of a group, since Metacontroller merges the items of lists by name (dynamic-apply). */
const SubjectsByRole = Type.Record(
  Type.String(),
  Type.Record(Type.String(), KeyedSubject, { maxProperties: 256, description: 'By kind, namespace and name, such as User//ada.' }),
  { ...atomic, maxProperties: 3 + maxAdditionalRoles, description: 'The members, by role.' }
)

/** Complete, so that a change of another namespace of the Tenant causes no sync of this one. */
export const TenantNamespaceSpec = Type.Object({
  className: Type.String({ minLength: 1, maxLength: 63, description: 'Name of the TenantClass.' }),
  subjects: Type.Optional(SubjectsByRole),
  quotas: Type.Optional({ ...QuotaAmounts('Overrides of the quotas of the class.'), ...atomic }),
  labels: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 63 }), {
    ...atomic, maxProperties: 16, description: 'Labels of the namespace.'
  })),
  annotations: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 1024 }), {
    ...atomic, maxProperties: 16, description: 'Annotations of the namespace.'
  })),
  deletionPolicy: Type.Optional(OneOf(['Delete', 'Retain'], {
    description: 'spec.deletionPolicy of the Tenant, or that of the entry of an existing namespace.'
  })),
  cordoned: Type.Optional(Type.Boolean({ description: 'Whether the Tenant is cordoned.' })),
  paused: Type.Optional(Type.Boolean({ description: 'Whether the Tenant is paused.' }))
}, { description: 'Desired state of the namespace.' })
export type TenantNamespaceSpec = Static<typeof TenantNamespaceSpec>

export const TenantNamespace = Type.Object({
  apiVersion: Type.Literal(apiVersion),
  kind: Type.Literal('TenantNamespace'),
  metadata: Type.Object({ name: Type.String() }),
  spec: TenantNamespaceSpec,
  status: Type.Optional(TenantStatus)
}, {
  description: 'A TenantNamespace is one entry of spec.namespaces of a Tenant: acme.staging is the namespace tenant-acme-staging of ' +
    'Tenant acme, and acme.existing.shop the existing namespace shop. k8s-mtp writes it from the Tenant. To change it, change the Tenant.'
})
export type TenantNamespace = Static<typeof TenantNamespace>

/** `acme.staging`. The name of a Tenant has no dot, so no two Tenants share a name. */
export function tenantNamespaceName (tenant: string, entry: string): string {
  return `${tenant}.${entry}`
}

/** The names of the Tenant and of its entry; the second is empty where there is no dot. */
export function tenantAndEntry (name: string): [tenant: string, entry: string] {
  const dot = name.indexOf('.')
  return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)]
}
