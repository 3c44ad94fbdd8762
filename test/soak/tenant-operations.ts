import type { FurtherNamespace } from '../../src/api/further-namespace.ts'
import type { Subject } from '../../src/api/subject.ts'
import type { Tenant, TenantSpec } from '../../src/api/tenant.ts'
import { tenantNamespaceName } from '../../src/api/tenant-namespace.ts'
import { namespaceName } from '../../src/api/tenant.ts'
import { classNames, ownPrefix } from './class-operations.ts'
import { isExpectedReady, namespaceNames, ownNamespaces, tenantOf, unlistedOf, type Model } from './model.ts'
import { namespaceKind, replaceSpec, tenantKind, tenantNamespaceKind, type Operation } from './operation.ts'
import type { Picks } from './picks.ts'

const names = Array.from({ length: 14 }, (_, index) => `team-${String.fromCharCode(97 + index)}`)
const homes = ['shop', 'web', 'data']
const entryNames = ['dev', 'staging', 'preview']

/** More of them would add load, and no further cases. */
const MAX_TENANTS = 9
const MAX_ENTRIES = 2

/** In the order of their keys in a TenantNamespace, which decides on the name of the binding of a second subject of one name. */
const subjects: Subject[] = [
  { kind: 'Group', name: 'ada' },
  { kind: 'Group', name: 'developers' },
  { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' },
  { kind: 'User', name: 'ada' },
  { kind: 'User', name: 'eve@acme.example' },
  { kind: 'User', name: 'grace@acme.example' }
]

/** The time is that of expiries, which only the values in the spec depend on. */
type Generate = (model: Model, picks: Picks, now: Date) => Operation | undefined

export const createTenant: Generate = (model, picks, now) => {
  const name = picks.of(names.map(name => unused(name, model.orphaned)).filter(name => !model.tenants.has(name)))
  if (name === undefined || model.tenants.size >= MAX_TENANTS) return undefined
  const spec: Partial<TenantSpec> = {
    name: picks.of(homes) ?? 'shop',
    className: picks.of(classNames) ?? 'soak-default',
    ...lists(picks, now),
    ...(picks.percent(50) && { namespaces: picks.some(entryNames, 40).slice(0, MAX_ENTRIES).map(entry => newEntry(entry, picks, now)) }),
    ...(picks.percent(15) && { deletionPolicy: 'Retain' as const })
  }
  const tenant = tenantOf(name, spec)
  return {
    kind: 'create Tenant',
    text: `create Tenant ${name} of class ${tenant.spec.className}, home ${tenant.spec.name}` +
      `, namespaces ${(tenant.spec.namespaces ?? []).map(({ name }) => name).join(', ') || 'none'}, ${tenant.spec.deletionPolicy ?? 'Delete'}`,
    concerns: [`Tenant ${name}`],
    actor: 'admin',
    requests: [{ verb: 'create', object: tenant }],
    expected: ['admitted'],
    change (model) {
      model.tenants.set(name, tenant)
      model.unlisted.delete(name)
      if (tenant.spec.deletionPolicy === 'Retain') model.retained.add(name)
      else model.retained.delete(name)
    }
  }
}

/** The namespaces of an orphaned Tenant stay for some time, so its name is not used again. */
function unused (name: string, orphaned: ReadonlySet<string>): string {
  for (let number = 1, numbered = name; ; numbered = `${name}-${++number}`) if (!orphaned.has(numbered)) return numbered
}

function lists (picks: Picks, now: Date): Pick<TenantSpec, 'admins' | 'operators' | 'viewers'> {
  return { admins: members(picks, now), operators: members(picks, now), viewers: members(picks, now) }
}

function members (picks: Picks, now: Date): Subject[] {
  const chosen = picks.some(subjects, 30)
  if (chosen.length === 0 || !picks.percent(10)) return chosen
  // Whole seconds, since the API server compares and stores the text.
  const expiresAt = new Date(now.getTime() + (10 + picks.below(60)) * 1000).toISOString().replace(/\.\d+/, '')
  return chosen.map((subject, index) => index === 0 ? { ...subject, expiresAt } : subject)
}

function newEntry (name: string, picks: Picks, now: Date): FurtherNamespace {
  const className = picks.percent(40) ? picks.of(classNames) : undefined
  return {
    name,
    ...(className !== undefined && { className }),
    ...(picks.percent(30) && { viewers: members(picks, now) }),
    ...(picks.percent(30) && { quotas: podQuota(picks) })
  }
}

/** Beyond what the class allows in some cases, which puts the namespace on hold. */
function podQuota (picks: Picks): NonNullable<TenantSpec['quotas']> {
  return { 'tenant-quota': { pods: picks.percent(10) ? '500' : String(5 + picks.below(25)) } }
}

type Edit = (spec: TenantSpec, picks: Picks, now: Date) => string

/** Each with its weight. */
const edits: Array<readonly [number, readonly [string, Edit]]> = [
  [4, ['quotas', (spec, picks) => {
    if (picks.percent(25)) delete spec.quotas
    else spec.quotas = podQuota(picks)
    return JSON.stringify(spec.quotas ?? {})
  }]],
  [6, ['members', (spec, picks, now) => {
    Object.assign(spec, lists(picks, now))
    return ['admins', 'operators', 'viewers'].map(list => `${list} ${spec[list as 'admins']?.length}`).join(', ')
  }]],
  [3, ['className', (spec, picks) => {
    spec.className = picks.percent(5) ? 'no-such-class' : picks.of(classNames) ?? spec.className
    return spec.className
  }]],
  [2, ['labels', (spec, picks) => {
    spec.labels = Object.fromEntries(picks.some(['x', 'y', 'z'], 50).map(key => [ownPrefix + key, `v${picks.below(9)}`]))
    spec.annotations = Object.fromEntries(picks.some(['x', 'y', 'z'], 50).map(key => [ownPrefix + key, `text ${picks.below(9)}`]))
    return JSON.stringify([spec.labels, spec.annotations])
  }]],
  [1, ['roles', (spec, picks, now) => {
    if (picks.percent(60)) delete spec.roles
    else spec.roles = { auditor: members(picks, now) }
    return Object.keys(spec.roles ?? {}).join(', ') || 'none'
  }]],
  [1, ['network', (spec, picks) => {
    const peers = picks.some(names, 15).map(tenant => ({ tenant }))
    if (peers.length === 0) delete spec.network
    else spec.network = { peers }
    return `peers ${peers.map(({ tenant }) => tenant).join(', ') || 'none'}`
  }]],
  [1, ['cordoned', (spec, picks) => {
    spec.cordoned = picks.percent(50)
    return String(spec.cordoned)
  }]],
  [1, ['paused', (spec, picks) => {
    spec.paused = picks.percent(35)
    return String(spec.paused)
  }]],
  [1, ['deletionPolicy', (spec, picks) => {
    spec.deletionPolicy = picks.percent(40) ? 'Retain' : 'Delete'
    return spec.deletionPolicy
  }]],
  [3, ['entry', (spec, picks, now) => {
    const { namespaces = [] } = spec
    const found = picks.of(namespaces)
    if (found === undefined) return 'none'
    spec.namespaces = namespaces.map(entry => entry === found ? newEntry(found.name ?? '', picks, now) : entry)
    return found.name ?? ''
  }]]
]

export const editTenant: Generate = (model, picks, now) => {
  const tenant = picks.of([...model.tenants.values()])
  if (tenant === undefined) return undefined
  const [field, edit] = picks.weighted(edits)
  const spec = structuredClone(tenant.spec)
  const what = edit(spec, picks, now)
  // The time of an expiry differs in each run.
  return setSpec(tenant, spec, `edit ${field}`, `edit ${field} of Tenant ${tenant.metadata.name}: ${what}`)
}

export const addNamespace: Generate = (model, picks, now) => {
  const tenant = picks.of([...model.tenants.values()].filter(({ spec }) => (spec.namespaces ?? []).length < MAX_ENTRIES))
  if (tenant === undefined) return undefined
  const { namespaces = [] } = tenant.spec
  const name = picks.of(entryNames.filter(entry => !namespaces.some(({ name }) => name === entry)))
  if (name === undefined) return undefined
  const spec = { ...tenant.spec, namespaces: [...namespaces, newEntry(name, picks, now)] }
  return setSpec(tenant, spec, 'add namespace', `list namespace ${name} in Tenant ${tenant.metadata.name}`)
}

export const removeNamespace: Generate = (model, picks) => {
  const tenant = picks.of([...model.tenants.values()].filter(({ spec }) => (spec.namespaces ?? []).length > 0))
  const entry = picks.of(tenant?.spec.namespaces ?? [])
  if (tenant === undefined || entry?.name === undefined) return undefined
  const spec = { ...tenant.spec, namespaces: (tenant.spec.namespaces ?? []).filter(other => other !== entry) }
  return setSpec(tenant, spec, 'remove namespace', `remove namespace ${entry.name} from the list of Tenant ${tenant.metadata.name}`)
}

function setSpec ({ metadata: { name }, spec: before }: Tenant, spec: TenantSpec, kind: string, text: string): Operation {
  const next = tenantOf(name, spec)
  return {
    kind: kind.startsWith('edit ') ? 'edit Tenant' : kind,
    text,
    concerns: [`Tenant ${name}`],
    actor: 'admin',
    requests: [replaceSpec({ ...tenantKind, name }, next.spec)],
    expected: ['admitted'],
    change (model) {
      model.tenants.set(name, next)
      if (next.spec.deletionPolicy === 'Retain') model.retained.add(name)
      const listed = (next.spec.namespaces ?? []).map(entry => entry.name ?? '')
      const removed = (before.namespaces ?? []).map(entry => entry.name ?? '').filter(entry => !listed.includes(entry))
      model.unlisted.set(name, new Set([...unlistedOf(model, name), ...removed].filter(entry => !listed.includes(entry))))
    }
  }
}

/** The API server refuses both: a namespace cannot be renamed, and a Role is no subject. */
export const invalidTenant: Generate = (model, picks) => {
  const name = picks.of([...model.tenants.keys()])
  if (name === undefined) return undefined
  const [what, spec] = picks.of([['another name', { name: 'renamed' }], ['an invalid subject', { admins: [{ kind: 'Role', name: 'x' }] }]] as const) ?? []
  return {
    kind: 'invalid edit',
    text: `give Tenant ${name} ${what}`,
    concerns: [`Tenant ${name}`],
    actor: 'admin',
    requests: [{ verb: 'patch', ref: { ...tenantKind, name }, type: 'merge', patch: { spec } }],
    expected: ['invalid']
  }
}

/** Deletes a Tenant; one with Retain by orphaning its namespaces, after a refused attempt without. */
export const deleteTenant: Generate = (model, picks) => {
  // Of a Tenant that is no longer retained, a namespace may still have the label that keeps it.
  const tenant = picks.of([...model.tenants.values()].filter(({ metadata, spec }) => spec.deletionPolicy === 'Retain' || !model.retained.has(metadata.name)))
  if (tenant === undefined) return undefined
  const { name } = tenant.metadata
  const ref = { ...tenantKind, name }
  const namespaces = namespaceNames(model, tenant)
  const common = { concerns: [`Tenant ${name}`], actor: 'admin' as const }
  if (tenant.spec.deletionPolicy !== 'Retain') {
    return {
      ...common,
      kind: 'delete Tenant',
      text: `delete Tenant ${name}`,
      requests: [{ verb: 'delete', ref }],
      expected: ['admitted'],
      effect: { type: 'deletes-namespaces', namespaces, tenant: name },
      change: forget(name)
    }
  }
  if (picks.percent(80)) {
    return {
      ...common, kind: 'delete retained', text: `delete Tenant ${name}, which is retained`, requests: [{ verb: 'delete', ref }], expected: ['refused']
    }
  }
  return {
    ...common,
    kind: 'orphan Tenant',
    text: `delete Tenant ${name}, and orphan its namespaces`,
    requests: [{ verb: 'delete', ref, options: { propagationPolicy: 'Orphan' } }],
    expected: ['admitted'],
    effect: { type: 'orphans-namespaces', namespaces },
    change (model) {
      model.orphanedNamespaces.push(...ownNamespaces(model, tenant))
      forget(name)(model)
      model.orphaned.add(name)
    }
  }
}

const forget = (name: string) => ({ tenants, unlisted }: Model): void => {
  tenants.delete(name)
  unlisted.delete(name)
}

/** Deletes a namespace, which is recreated empty; or, as a cluster admin, is refused that. */
export const deleteNamespace: Generate = (model, picks) => {
  const tenant = picks.of([...model.tenants.values()].filter(({ metadata }) => !model.retained.has(metadata.name)))
  if (tenant === undefined) return undefined
  const { metadata, spec: { namespaces = [] } } = tenant
  const entry = picks.of([undefined, ...namespaces.map(({ name }) => name)])
  const name = namespaceName({ metadata, spec: { name: entry ?? tenant.spec.name } })
  const ofEntry = entry !== undefined && picks.percent(50)
  const ref = ofEntry ? { ...tenantNamespaceKind, name: tenantNamespaceName(metadata.name, entry) } : { ...namespaceKind, name }
  const byAdmin = picks.percent(60)
  return {
    kind: 'delete namespace',
    text: `delete ${ref.kind} ${ref.name} as ${byAdmin ? 'a cluster admin' : 'break-glass'}`,
    concerns: [`Tenant ${metadata.name}`],
    actor: byAdmin ? 'admin' : 'break-glass',
    requests: [{ verb: 'delete', ref }],
    expected: byAdmin ? ['refused', 'missing'] : ['admitted', 'missing'],
    ...(!byAdmin && { effect: { type: 'deletes-namespaces', namespaces: [name] } as const })
  }
}

/** Deletes the namespace that was orphaned first. Without this, the cluster and the caches of all that watch it would grow. */
export function deleteOrphaned ({ orphanedNamespaces: [first] }: Model): Operation | undefined {
  if (first === undefined) return undefined
  const { tenant, entry, name } = first
  return {
    kind: 'delete orphaned',
    text: `delete namespace ${name} of Tenant ${tenant}, which was orphaned`,
    concerns: [`Tenant ${tenant}`],
    actor: 'break-glass',
    requests: [
      ...(entry === undefined ? [] : [{ verb: 'delete' as const, ref: { ...tenantNamespaceKind, name: tenantNamespaceName(tenant, entry) } }]),
      { verb: 'delete', ref: { ...namespaceKind, name } }
    ],
    // A Tenant that was on hold may never have had it.
    expected: ['admitted', 'missing'],
    effect: { type: 'deletes-namespaces', namespaces: [name] },
    change: ({ orphanedNamespaces }) => { orphanedNamespaces.shift() }
  }
}

/** The next operation that makes all Tenants valid and complete, so that all objects have one expected state; undefined when they are. */
export function settleTenant (model: Model, now: Date): Operation | undefined {
  for (const tenant of model.tenants.values()) {
    const { metadata: { name }, spec } = tenant
    const unlisted = unlistedOf(model, name)
    if (spec.paused !== true && unlisted.length === 0 && isExpectedReady(model, tenant, now)) continue
    const { paused, quotas, roles, network, labels, annotations, ...valid } = spec
    const entries = [
      ...(spec.namespaces ?? []).map(({ quotas, ...entry }) => entry),
      ...unlisted.map(entry => ({ name: entry }))
    ]
    const isUsable = classNames.includes(spec.className)
    const next = { ...valid, ...(!isUsable && { className: classNames[0] ?? '' }), ...(entries.length > 0 && { namespaces: entries }) }
    return setSpec(tenant, next, 'settle', `make Tenant ${name} valid, and list all its namespaces`)
  }
  return undefined
}
