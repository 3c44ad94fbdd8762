import { Type, type Static } from '@sinclair/typebox'
import { OneOf } from '../api/one-of.ts'

const names = (description: string) => Type.Array(Type.String(), { description })
const optional = (description: string) => Type.Optional(Type.String({ description }))
const beforeAndAfter = { before: optional('In BASE; absent where there is none.'), after: optional('In HEAD; absent where there is none.') }

const Direction = OneOf(['loosened', 'tightened', 'changed'], {
  description: 'loosened: more is allowed. tightened: less is allowed. changed: something else is allowed, or what pods get by default.'
})
export type Direction = Static<typeof Direction>

export const Rule = Type.Object({
  apiGroups: names('API groups.'),
  resources: names('Resources.'),
  resourceNames: Type.Optional(names('Only objects with these names; all if absent.')),
  verbs: names('Verbs.')
}, { description: 'Permissions, as in a Role.' })

export const AccessChange = Type.Object({
  subjects: names('The subjects, such as User ada@acme.example. All of them have the same roles before and after.'),
  roles: Type.Object({ before: names('Roles in BASE.'), after: names('Roles in HEAD.') }, { description: 'Their roles in the namespace.' }),
  gained: Type.Array(Rule, { description: 'Permissions that no role gave them in BASE.' }),
  lost: Type.Array(Rule, { description: 'Permissions that no role gives them in HEAD.' })
}, { description: 'Effective permissions of subjects: those of all their roles together.' })
export type AccessChange = Static<typeof AccessChange>

const End = (description: string) => Type.Optional(Type.Union([Type.String(), Type.Null()], { description }))

export const ExpiryChange = Type.Object({
  subject: Type.String({ description: 'The subject, such as User ada@acme.example.' }),
  role: Type.String({ description: 'Name of the role.' }),
  before: End('expiresAt in BASE; null without an end; absent where the subject is not listed.'),
  after: End('expiresAt in HEAD; null without an end; absent where the subject is not listed.'),
  hasEnded: Type.Boolean({ description: 'Whether the access of HEAD has ended by now.' })
}, { description: 'A change of the time when access ends.' })
export type ExpiryChange = Static<typeof ExpiryChange>

export const QuotaChange = Type.Object({
  quota: Type.String({ description: 'Name of the ResourceQuota.' }),
  resource: Type.String({ description: 'The counted resource.' }),
  ...beforeAndAfter,
  difference: optional('After minus before, with its sign, such as +1500m. Absent where one is absent.')
}, { description: 'An amount of a quota. Without an amount, the quota does not bound the resource.' })
export type QuotaChange = Static<typeof QuotaChange>

export const LimitChange = Type.Object({
  type: Type.String({ description: 'Container, Pod or PersistentVolumeClaim.' }),
  field: Type.String({ description: 'max, min, default, defaultRequest or maxLimitRequestRatio.' }),
  resource: Type.String({ description: 'The resource.' }),
  ...beforeAndAfter,
  difference: optional('After minus before, with its sign.'),
  direction: Direction
}, { description: 'An amount of the LimitRange.' })
export type LimitChange = Static<typeof LimitChange>

export const Peer = Type.Object({
  namespace: optional('Name of a namespace.'),
  podLabels: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Only pods with these labels.' })),
  withoutTenant: Type.Optional(Type.Literal(true, { description: 'Only while the namespace belongs to no Tenant.' })),
  tenant: optional('Name of a Tenant: all of its namespaces. Traffic flows only where both Tenants allow it.'),
  own: Type.Optional(OneOf(['namespace', 'tenant'], {
    description: 'Pods of the same namespace, or of all namespaces of the same Tenant.'
  })),
  cidr: optional('A network.'),
  except: Type.Optional(names('Networks within cidr that are not allowed.')),
  other: optional('A peer of another form, as JSON.')
}, { description: 'The other end of connections.' })
export type Peer = Static<typeof Peer>

export const Port = Type.Object({
  protocol: Type.String({ description: 'TCP, UDP or SCTP.' }),
  port: Type.Integer({ description: 'The first port.' }),
  endPort: Type.Integer({ description: 'The last port.' })
}, { description: 'A range of ports of the receiving side.' })
export type Port = Static<typeof Port>

export const Path = Type.Object({
  direction: OneOf(['ingress', 'egress'], { description: 'ingress: connections to the pods of the namespace. egress: from them.' }),
  peer: Peer,
  ports: Type.Array(Port, { description: 'The ports; all protocols and ports if empty.' })
}, { description: 'Connections that NetworkPolicies allow.' })
export type Path = Static<typeof Path>

export const BoundChange = Type.Object({
  field: Type.String({ description: 'Field of the WorkloadPolicy, podSecurity.*, selfService, allowedAuthors or allowedFinalizers.' }),
  direction: Direction,
  added: Type.Optional(names('Entries that HEAD adds.')),
  removed: Type.Optional(names('Entries that HEAD removes.')),
  ...beforeAndAfter
}, { description: 'A bound of workloads, or of what members may write. Entries that others cover are left out.' })
export type BoundChange = Static<typeof BoundChange>

export const MetadataChange = Type.Object({
  kind: OneOf(['label', 'annotation']),
  key: Type.String({ description: 'The key.' }),
  ...beforeAndAfter
}, { description: 'A label or annotation of the namespace.' })
export type MetadataChange = Static<typeof MetadataChange>

const effects = {
  access: Type.Array(AccessChange),
  expiry: Type.Array(ExpiryChange),
  quotas: Type.Array(QuotaChange),
  limits: Type.Array(LimitChange),
  network: Type.Object({
    opened: Type.Array(Path, { description: 'Paths of HEAD that those of BASE do not cover.' }),
    closed: Type.Array(Path, { description: 'Paths of BASE that those of HEAD do not cover.' })
  }, { description: 'Network paths.' }),
  bounds: Type.Array(BoundChange),
  metadata: Type.Array(MetadataChange)
}
export const Effects = Type.Object(effects)
export type Effects = Static<typeof Effects>

const flag = (description: string) => Type.Optional(Type.Object({ before: Type.Boolean(), after: Type.Boolean() }, { description }))
const Change = OneOf(['added', 'removed', 'changed'], { description: 'Whether the object is in HEAD only, in BASE only, or in both.' })

const Policy = OneOf(['Delete', 'Retain'], { description: 'What becomes of the namespace with its Tenant.' })

export const NamespaceChange = Type.Object({
  name: Type.String({ description: 'Name of the namespace.' }),
  change: OneOf(['created', 'adopted', 'unlisted', 'kept', 'deleted', 'changed'], {
    description: 'created: by k8s-mtp. adopted: exists, and waits for k8s-mtp adopt. unlisted: no longer listed, and kept with its data. ' +
      'kept: its Tenant is removed, and the namespace is kept. deleted: with its Tenant, data included. changed: all others.'
  }),
  class: Type.Object(beforeAndAfter, { description: 'Name of its TenantClass.' }),
  deletionPolicy: Type.Optional(Type.Object({ before: Policy, after: Policy }, {
    description: 'A change of its deletionPolicy, by its entry or by that of the Tenant.'
  })),
  ...effects,
  byClass: optional('The changed TenantClass of which these are all the effects.')
}, { description: 'A namespace of a Tenant. One that is not reached by a change is left out.' })
export type NamespaceChange = Static<typeof NamespaceChange>

export const TenantChange = Type.Object({
  name: Type.String({ description: 'metadata.name of the Tenant.' }),
  change: Change,
  baseIsInvalid: Type.Optional(Type.Literal(true, {
    description: 'The Tenant or its class is invalid in BASE, so that all of HEAD is shown as new.'
  })),
  deletionPolicy: Type.Optional(Type.Object(beforeAndAfter, { description: 'A change of spec.deletionPolicy.' })),
  paused: flag('A change of spec.paused.'),
  isPaused: Type.Optional(Type.Literal(true, {
    description: 'The Tenant is paused in HEAD: only subjects that are removed lose their access, until it is resumed.'
  })),
  namespaces: Type.Array(NamespaceChange)
}, { description: 'A Tenant that changes, or is reached by a changed class.' })
export type TenantChange = Static<typeof TenantChange>

export const ClassChange = Type.Object({
  name: Type.String({ description: 'metadata.name of the TenantClass.' }),
  change: Change,
  ...effects,
  roles: Type.Array(Type.Object({
    role: Type.String({ description: 'Name of the role.' }),
    gained: Type.Array(Rule, { description: 'Permissions that its subjects gain.' }),
    lost: Type.Array(Rule, { description: 'Permissions that its subjects lose, unless another role has them.' })
  }), { description: 'The roles that change.' }),
  overrides: Type.Array(Type.Object({
    field: Type.String({ description: 'The field.' }), before: Type.String(), after: Type.String()
  }), { description: 'Changes of spec.overrides, and of other fields of the class that change no object.' }),
  tenants: names('The Tenants with a namespace that the change reaches.'),
  namespaces: Type.Integer({ description: 'The number of these namespaces.' })
}, { description: 'A TenantClass that changes, with the effects on a namespace without overrides.' })
export type ClassChange = Static<typeof ClassChange>

export const Danger = Type.Object({
  kind: OneOf(['namespace-deleted', 'retention-removed', 'network-opened', 'pod-security-loosened', 'bound-loosened', 'quota-raised'], {
    description: 'What is dangerous. retention-removed: deletionPolicy changes from Retain to Delete. ' +
      'bound-loosened: a bound of workloads or members, or one of the LimitRange.'
  }),
  reason: Type.String({ description: 'The reason in words.' }),
  class: optional('The changed TenantClass that causes it.'),
  namespaces: names('The namespaces that it concerns. Empty for a class that no Tenant of the input uses.')
}, {
  description: 'A change that deletes data or stops keeping it, loosens isolation or a bound, or raises a quota past --max-quota-increase.'
})
export type Danger = Static<typeof Danger>

export const DiffReport = Type.Object({
  version: Type.Literal(1, { description: 'Version of this format.' }),
  result: OneOf(['unchanged', 'changed', 'dangerous'], { description: 'The exit code: 0, 1 and 3.' }),
  summary: Type.Object({
    tenants: Type.Object({ added: Type.Integer(), removed: Type.Integer(), changed: Type.Integer() }),
    namespaces: Type.Object({
      created: Type.Integer(),
      adopted: Type.Integer(),
      unlisted: Type.Integer(),
      kept: Type.Integer(),
      deleted: Type.Integer(),
      changed: Type.Integer()
    }),
    classes: Type.Integer()
  }, { description: 'Counts.' }),
  dangers: Type.Array(Danger),
  warnings: names('What the comparison could not know, and quotas below current use (--live).'),
  classes: Type.Array(ClassChange),
  tenants: Type.Array(TenantChange)
}, { $id: 'diff_v1.json', title: 'k8s-mtp diff', description: 'The output of k8s-mtp diff -o json.' })
export type DiffReport = Static<typeof DiffReport>
