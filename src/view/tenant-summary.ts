import { Type, type Static } from '@sinclair/typebox'
import type { NamespaceStatus } from '../api/tenant-status.ts'
import { labels } from '../api/group.ts'
import { OneOf } from '../api/one-of.ts'
import { fieldsAt, textAt, type Fields } from '../kubernetes/json.ts'
import { isTerminating, type ObservedObject } from '../kubernetes/object.ts'
import { readLooseTenant, type ObservedTenant } from '../tenancy/observed/loose-tenant.ts'
import { uniqueSubjects } from '../tenancy/subjects/listed-subjects.ts'
import { NotReadable } from './not-readable.ts'
import { byUse, isOfMembers, ResourceUse, usesOf } from './quota-use.ts'
import { subjectName } from '../kubernetes/binding-subjects.ts'
import { conditionsOf } from '../kubernetes/conditions.ts'
import { namespaceEntries, namespaceState, namespaceStates, tenantState, tenantStates } from './tenant-state.ts'

const HighestUse = Type.Optional(Type.Object({
  namespace: Type.String({ description: 'Name of the namespace.' }),
  quota: Type.String({ description: 'Name of the ResourceQuota.' }),
  ...ResourceUse.properties
}, { description: 'The resource with the highest use of its quota. Absent where the quotas could not be read.' }))

export const NamespaceSummary = Type.Object({
  name: Type.String({ description: 'Name of the namespace.' }),
  state: OneOf([...namespaceStates], {
    description: 'Unlisted: kept, and no longer listed by the Tenant. Conflict: of another owner. Unknown: the Tenant could not be read.'
  }),
  className: Type.Optional(Type.String({ description: 'Name of its TenantClass.' })),
  objects: Type.Optional(Type.String({ description: 'How many of its objects are up to date: "14/14".' })),
  reason: Type.Optional(Type.String({ description: 'A reason of the condition Ready.' })),
  message: Type.Optional(Type.String({ description: 'What is missing, and what to do next.' })),
  highestUse: HighestUse
}, { description: 'A namespace of the Tenant.' })
export type NamespaceSummary = Static<typeof NamespaceSummary>

export const TenantSummary = Type.Object({
  name: Type.String({ description: 'metadata.name of the Tenant.' }),
  state: OneOf([...tenantStates], {
    description: 'Blocked: on hold until its input is corrected. Stalled: no progress without help. NotReconciled: the status is not ' +
      'about the current spec. Unknown: the caller may not read the Tenant.'
  }),
  cordoned: Type.Boolean({ description: 'Whether new pods are refused.' }),
  className: Type.Optional(Type.String({ description: 'Name of its TenantClass.' })),
  reason: Type.Optional(Type.String({ description: 'The reason of the condition Ready.' })),
  message: Type.Optional(Type.String({ description: 'The problem, and what to do next. Absent where there is none.' })),
  since: Type.Optional(Type.String({ description: 'When the condition Ready changed last.' })),
  createdAt: Type.Optional(Type.String({ description: 'When the Tenant was created.' })),
  subjects: Type.Array(Type.Object({
    role: Type.String({ description: 'admin, operator, viewer, or a role of the class.' }),
    subject: Type.String({ description: 'Kind and name: User ada@acme.example, ServiceAccount ci/deployer.' }),
    expiresAt: Type.Optional(Type.String({ description: 'When its access ends, or has ended.' }))
  }), { description: 'Those that the Tenant lists. Further namespaces may list others.' }),
  namespaces: Type.Array(NamespaceSummary, { description: 'All its namespaces.' }),
  highestUse: HighestUse
}, { description: 'A Tenant as people want to see it.' })
export type TenantSummary = Static<typeof TenantSummary>

export const TenantSummaries = Type.Object({
  tenants: Type.Array(TenantSummary, { description: 'By name.' }),
  notReadable: NotReadable
}, { description: 'The output of `k8s-mtp get -o json`.' })
export type TenantSummaries = Static<typeof TenantSummaries>

type Quotas = ReadonlyMap<string, readonly ObservedObject[]>

/** @param quotas by namespace */
export function summaryOf (tenant: ObservedObject, quotas: Quotas): TenantSummary {
  const conditions = conditionsOf(tenant)
  const ready = conditions.find(({ type }) => type === 'Ready')
  const beside = conditions.find(({ type }) => ['QuotaExceeded', 'UnmanagedObjects', 'UnlistedNamespaces'].includes(type))
  const shown = ready?.status === 'True' ? beside : ready
  const namespaces = namespaceEntries(tenant).map(entry => namespaceSummary(entry, quotas))
  return {
    name: tenant.metadata.name,
    state: tenantState(tenant),
    cordoned: conditions.some(({ type }) => type === 'Cordoned'),
    ...textField('className', textAt(fieldsAt(tenant, 'spec'), 'className')),
    ...textField('reason', ready?.reason),
    ...textField('message', shown?.message),
    ...textField('since', ready?.lastTransitionTime),
    ...textField('createdAt', createdAt(tenant)),
    subjects: subjectsOf(tenant),
    namespaces,
    ...highestOf(namespaces)
  }
}

/** What a member may read, who may not read the Tenant: the namespace, its WorkloadPolicy and quotas. */
export function summaryOfNamespace (
  namespace: ObservedObject, workloadPolicy: ObservedObject | undefined, quotas: Quotas
): TenantSummary {
  const { name, labels: found = {} } = namespace.metadata
  const className = textField('className', found[labels.class])
  const use = highestUse(name, quotas)
  return {
    name: found[labels.tenant] ?? '',
    state: 'Unknown',
    cordoned: workloadPolicy !== undefined && fieldsAt(workloadPolicy, 'spec')['cordoned'] === true,
    ...className,
    subjects: [],
    namespaces: [{ name, state: isTerminating(namespace) ? 'Terminating' : 'Unknown', ...className, ...use }],
    ...use
  }
}

function createdAt ({ metadata }: ObservedObject): string {
  return textAt({ ...metadata }, 'creationTimestamp')
}

function subjectsOf (tenant: ObservedObject): TenantSummary['subjects'] {
  const { subjects: { lists } } = readLooseTenant(tenant as ObservedTenant)
  return [...lists].flatMap(([role, listed = []]) => uniqueSubjects(listed).map(subject =>
    ({ role, subject: subjectName(subject), ...textField('expiresAt', textAt({ ...subject }, 'expiresAt')) })))
}

function namespaceSummary (entry: Fields, quotas: Quotas): NamespaceSummary {
  const name = textAt(entry, 'name')
  const fieldOf = <F extends keyof NamespaceStatus>(field: F) => textField(field, textAt(entry, field))
  return {
    name,
    state: namespaceState(entry),
    ...fieldOf('className'),
    ...fieldOf('objects'),
    ...fieldOf('reason'),
    ...fieldOf('message'),
    ...highestUse(name, quotas)
  }
}

function highestUse (namespace: string, quotas: Quotas): Pick<NamespaceSummary, 'highestUse'> {
  const uses = (quotas.get(namespace) ?? []).flatMap(quota => usesOf(quota).filter(isOfMembers).slice(0, 1).map(use =>
    ({ namespace, quota: quota.metadata.name, ...use })))
  const [first] = uses.sort(byUse)
  return first === undefined ? {} : { highestUse: first }
}

function highestOf (namespaces: readonly NamespaceSummary[]): Pick<TenantSummary, 'highestUse'> {
  const [first] = namespaces.flatMap(({ highestUse: use }) => use ?? []).sort(byUse)
  return first === undefined ? {} : { highestUse: first }
}

function textField<F extends string> (field: F, text: string | undefined): Partial<Record<F, string>> {
  return text === undefined || text === '' ? {} : { [field]: text } as Record<F, string>
}
