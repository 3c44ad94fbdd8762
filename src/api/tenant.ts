import { Type, type Static } from '@sinclair/typebox'
import { existingOf, FurtherNamespaces } from './further-namespace.ts'
import { apiVersion } from './group.ts'
import { namespaceOverrides } from './namespace-overrides.ts'
import { OneOf } from './one-of.ts'
import { dnsLabel, subdomain } from './validation/label-syntax.ts'
import { keysAreBoundRoles, maxAdditionalRoles } from './role-names.ts'
import { Subject } from './subject.ts'
import { tenantAndEntry } from './tenant-namespace.ts'
import { TenantStatus } from './tenant-status.ts'
import { withValidations, type Validation } from './validation/cel-rule.ts'

/** The name of a namespace is a DNS label (RFC 1123). */
export const maxNamespaceNameLength = 63

/** The name of a class becomes a label value. */
export const maxClassNameLength = 63

/**
 * The name rule. Two Tenants can share a name (a-b + c, a + b-c): the second one reports NamespaceConflict.
 * @param tenant with the key of the entry, where it stands for a further namespace
 */
export function namespaceName ({ metadata, spec, entry = spec.name }: NamedTenant): string {
  return existingOf(entry) ?? `tenant-${metadata.name}-${entry}`
}

interface NamedTenant { metadata: { name: string }, spec: { name: string }, entry?: string }

/** The namespace of a TenantNamespace: tenant-acme-staging of acme.staging, and shop of acme.existing.shop. */
export function furtherNamespaceName (tenantNamespace: string): string {
  const [name, entry] = tenantAndEntry(tenantNamespace)
  return namespaceName({ metadata: { name }, spec: { name: entry } })
}

const subjects = (description: string) => Type.Optional(Type.Array(Subject, { maxItems: 256, description }))

/** All lists together cost the API server as much to validate as their longest forms may, so these are shorter. */
const maxRoleSubjects = 64

interface Lists { admins?: unknown[], operators?: unknown[], viewers?: unknown[] }
const listFields = ['admins', 'operators', 'viewers'] as const

/** Metacontroller sends all of them with the Tenant: 3.3 MB with the longest names. */
const maxCopies = 3_000

const sizeOf = (field: typeof listFields[number]) =>
  `(has(entry.${field}) ? entry.${field}.size() : has(self.${field}) ? self.${field}.size() : 0)`
const hasFewCopies: Validation<Lists & { namespaces?: Lists[] }> = {
  rule: `!has(self.namespaces) || self.namespaces.map(entry, ${listFields.map(sizeOf).join(' + ')}).sum() <= ${maxCopies}`,
  message: `the namespaces have more than ${maxCopies} admins, operators and viewers together, those that they inherit included. ` +
    'Use groups',
  isValid: ({ namespaces = [], ...spec }) =>
    namespaces.flatMap(entry => listFields.flatMap(field => entry[field] ?? spec[field] ?? [])).length <= maxCopies
}

export const TenantSpec = withValidations(Type.Object({
  name: withValidations(
    Type.String({
      minLength: 1,
      maxLength: maxNamespaceNameLength,
      pattern: dnsLabel.source,
      description: 'The purpose of the namespace: Tenant acme with the name shop has the namespace tenant-acme-shop. ' +
        'Lower-case letters, digits and dashes. Immutable, since a namespace cannot be renamed.'
    }),
    [{
      rule: 'self == oldSelf',
      message: 'spec.name is immutable, since a namespace cannot be renamed. Create a second Tenant, and move the workloads'
    }]
  ),
  className: Type.String({
    default: 'default',
    minLength: 1,
    maxLength: maxClassNameLength,
    description: 'Name of the TenantClass. With an unknown class the Tenant is on hold: nothing is created, changed or deleted.'
  }),
  admins: subjects('Subjects that manage the namespace: workloads, configuration, Secrets and ServiceAccounts. Bound to the Role ' +
    'tenant-admin. Anyone who may create pods in the namespace can act as its ServiceAccounts: list those of other namespaces.'),
  operators: subjects('Subjects that run the workloads: like admins, without ServiceAccounts, service proxy and deletecollection. ' +
    'Bound to the Role tenant-operator.'),
  viewers: subjects('Subjects that read: no Secrets, no exec, no port-forward. Bound to the Role tenant-viewer.'),
  roles: Type.Optional(withValidations(Type.Record(Type.String(), Type.Array(Subject, {
    maxItems: maxRoleSubjects, description: 'Subjects with the role.'
  }), {
    maxProperties: maxAdditionalRoles,
    description: 'Subjects of the further roles of the class, by role: {release-manager: [{kind: User, name: ada@acme.example}]}. ' +
      'They are bound to the Role tenant-<role>. With a role that the class does not have under additionalRoles, the Tenant is on hold.'
  }), keysAreBoundRoles)),
  ...namespaceOverrides,
  deletionPolicy: Type.Optional(OneOf(['Delete', 'Retain'], {
    default: 'Delete',
    description: 'What the deletion of the Tenant does. Delete: its namespace is deleted with it, data included. Retain: the API ' +
      'server accepts the deletion only with ' +
      '--cascade=orphan, which keeps the namespace and everything in it.'
  })),
  cordoned: Type.Optional(Type.Boolean({
    description: 'While true, new pods are refused in the namespace for all users, and running pods continue. The status has the ' +
      'condition Cordoned.'
  })),
  paused: Type.Optional(Type.Boolean({
    description: 'While true, reconciliation is paused: nothing is created, changed or deleted. Only subjects that are removed, or ' +
      'past their expiresAt, lose their access.'
  })),
  namespaces: Type.Optional(FurtherNamespaces)
}, { description: 'Desired state of the tenant.' }), [{
  rule: '!has(self.namespaces) || self.namespaces.all(entry, !has(entry.name) || entry.name != self.name)',
  message: 'namespaces has an entry with spec.name, the name of the home namespace. Remove the entry, or rename it',
  isValid: ({ name, namespaces = [] }) => !namespaces.some(entry => entry.name === name)
}, hasFewCopies])
export type TenantSpec = Static<typeof TenantSpec>

export const Tenant = withValidations(
  Type.Object({
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('Tenant'),
    metadata: Type.Object({ name: Type.String({ maxLength: 253, pattern: subdomain.source }) }),
    spec: TenantSpec,
    status: Type.Optional(TenantStatus)
  }, {
    description: 'A Tenant is a team on this cluster. Its namespace has roles, bindings, quotas, limits, network policies and ' +
      'pod security by its TenantClass. Drift is corrected: a deleted object is recreated, a manual change is reverted.'
  }),
  [
    {
      rule: "!self.metadata.name.contains('.')",
      message: 'the name of a Tenant becomes part of the name of its namespace, which has no dots. Use dashes',
      isValid: self => !self.metadata.name.includes('.')
    },
    {
      name: 'namespace-name-too-long',
      rule: `('tenant-' + self.metadata.name + '-' + self.spec.name).size() <= ${maxNamespaceNameLength}`,
      message: `the name of the namespace, tenant-<metadata.name>-<spec.name>, would exceed ${maxNamespaceNameLength} characters. ` +
        'Shorten metadata.name or spec.name',
      isValid: self => namespaceName(self).length <= maxNamespaceNameLength
    },
    {
      name: 'namespace-name-too-long',
      // Adds sizes, since Kubernetes 1.35 takes metadata.name for unbounded: joining it with each entry would cost too much.
      rule: '!has(self.spec.namespaces) || self.spec.namespaces.all(entry, ' +
        `!has(entry.name) || self.metadata.name.size() + entry.name.size() <= ${maxNamespaceNameLength - 'tenant--'.length})`,
      message: `the name of a namespace, tenant-<metadata.name>-<name>, would exceed ${maxNamespaceNameLength} characters. ` +
        'Shorten the name of the entry in spec.namespaces',
      isValid: ({ metadata, spec: { namespaces = [] } }) => namespaces.every(({ name }) =>
        name === undefined || namespaceName({ metadata, spec: { name } }).length <= maxNamespaceNameLength)
    }
  ]
)
export type Tenant = Static<typeof Tenant>
