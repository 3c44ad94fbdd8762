import { Type, type Static } from '@sinclair/typebox'
import { apiVersion } from './group.ts'
import { dnsLabel, subdomain } from './validation/label-syntax.ts'
import { QuotaAmounts } from './resource-amounts.ts'
import { Subject } from './subject.ts'
import { TenantStatus } from './tenant-status.ts'
import { withValidations } from './validation/cel-rule.ts'

/** A DNS label (RFC 1123) is at most 63 characters, and a namespace's name is one. */
export const maxNamespaceNameLength = 63

/** The name rule. Two Tenants can come to the same name (a-b + c, a + b-c): the second one is told so in its status. */
export function namespaceName (tenant: { metadata: { name: string }, spec: { name: string } }): string {
  return `tenant-${tenant.metadata.name}-${tenant.spec.name}`
}

const subjects = (description: string) => Type.Optional(Type.Array(Subject, { maxItems: 256, description }))

export const TenantSpec = Type.Object({
  name: withValidations(
    Type.String({
      minLength: 1,
      maxLength: maxNamespaceNameLength,
      pattern: dnsLabel.source,
      description: 'What the namespace is for: the Tenant acme with the name shop gets the namespace tenant-acme-shop. ' +
        'Lower-case letters, digits and dashes. It cannot be changed, since a namespace cannot be renamed.'
    }),
    [{
      rule: 'self == oldSelf',
      message: 'spec.name cannot be changed, since a namespace cannot be renamed: create a second Tenant and move the workloads'
    }]
  ),
  className: Type.String({
    default: 'default',
    minLength: 1,
    maxLength: 63,
    description: 'Name of the TenantClass that says what the namespace gets. With an unknown class nothing is created, changed or deleted, and the status says so.'
  }),
  admins: subjects('Who runs the namespace: workloads, configuration, secrets and service accounts. Bound to the Role tenant-admin.'),
  operators: subjects('Who runs the workloads: like admins, without service accounts, proxying to services and deleting whole collections. Bound to the Role tenant-operator.'),
  viewers: subjects('Who may look: no secrets, no shells, no tunnels. Bound to the Role tenant-viewer.'),
  quotas: Type.Optional(QuotaAmounts(
    'Overrides of the quotas of the class: name of the quota, then name of the resource, then amount, for example ' +
    '{tenant-quota: {pods: "30"}}. Only what the class lists under overrides.quotas may be overridden, and only within its bounds.'
  )),
  deletionPolicy: Type.Optional(Type.Union([Type.Literal('Delete'), Type.Literal('Retain')], {
    default: 'Delete',
    description: 'What deleting the Tenant does. Delete: its namespace goes with it, data included. Retain: the API server refuses to delete the Tenant but with ' +
      '--cascade=orphan, which leaves the namespace and all that is in it.'
  })),
  cordoned: Type.Optional(Type.Boolean({
    description: 'While true no new pods are admitted to the namespace, whoever creates them, and what runs goes on. The status says Cordoned.'
  })),
  paused: Type.Optional(Type.Boolean({
    description: 'While true nothing is created, changed or deleted for this Tenant, except that subjects taken off its lists, or past their expiresAt, lose their rights. The status says Paused.'
  }))
}, { description: 'What the team is to have.' })
export type TenantSpec = Static<typeof TenantSpec>

export const Tenant = withValidations(
  Type.Object({
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('Tenant'),
    metadata: Type.Object({ name: Type.String({ maxLength: 253, pattern: subdomain.source }) }),
    spec: TenantSpec,
    status: Type.Optional(TenantStatus)
  }, {
    description: 'A Tenant is a team on this cluster. It becomes a namespace with roles, bindings, quotas, limits, network policies and ' +
      'pod security, as its TenantClass says, and is kept that way: what is deleted comes back, what is changed by hand is reverted.'
  }),
  [
    {
      rule: "!self.metadata.name.contains('.')",
      message: 'the name of a Tenant becomes part of the name of its namespace and cannot contain dots: use dashes',
      holds: self => !self.metadata.name.includes('.')
    },
    {
      rule: `('tenant-' + self.metadata.name + '-' + self.spec.name).size() <= ${maxNamespaceNameLength}`,
      message: `the name of the namespace, tenant-<metadata.name>-<spec.name>, would pass ${maxNamespaceNameLength} characters: shorten metadata.name or spec.name`,
      holds: self => namespaceName(self).length <= maxNamespaceNameLength
    }
  ]
)
export type Tenant = Static<typeof Tenant>

/** The roles of a tenant, by the field that names their people. */
export const roleSubjects = { admin: 'admins', operator: 'operators', viewer: 'viewers' } as const
export type RoleName = keyof typeof roleSubjects
export const roleNames = ['admin', 'operator', 'viewer'] as const satisfies readonly RoleName[]
