import { Value } from '@sinclair/typebox/value'
import type { Tenant } from '../api/tenant.ts'
import type { TenantClass } from '../api/tenant-class.ts'
import { classChange, isByClass, plainState } from './class-changes.ts'
import { dangersOf } from './dangers.ts'
import type { MaxQuotaIncrease } from './max-quota-increase.ts'
import { namesOfNamespaces, tenantState, type NamespaceState, type StateProblem, type TenantState } from './namespace-state.ts'
import type { ClassChange, DiffReport, NamespaceChange, TenantChange } from './report.ts'
import { addedTenant, changedTenant, removedTenant } from './tenant-changes.ts'
import { tenantsByNamespace } from '../tenancy/desired/tenant-of-entry.ts'

/** One side of a comparison: valid objects, by name. */
export interface Side {
  tenants: ReadonlyMap<string, Tenant>
  classes: ReadonlyMap<string, TenantClass>
  /** Tenants that are written and invalid, with the namespaces that can be read anyway. */
  invalid?: ReadonlyMap<string, ReadonlyArray<Pick<NamespaceState, 'name' | 'isKept'>>>
}

/** What is wrong with a side: with a Tenant under its class, or with a class alone. */
export interface SideProblem extends StateProblem { side: 'before' | 'after', tenant?: string }

export interface DiffOptions {
  now: Date
  maxQuotaIncrease?: MaxQuotaIncrease | undefined
  /** Reported beside those of the comparison. */
  warnings?: readonly string[]
}

export interface Diff {
  report: DiffReport
  /** With one of HEAD, the report says nothing about that Tenant. */
  problems: SideProblem[]
}

/** Says what a change means for Tenants and their namespaces. Pure: time and both sides are arguments. */
export function diff (before: Side, after: Side, options: DiffOptions): Diff {
  const problems: SideProblem[] = []
  const classes = changedClasses(before, after, options.now, problems)
  const names = [...new Set([...before.tenants.keys(), ...before.invalid?.keys() ?? [], ...after.tenants.keys()])].sort()
  const tenants = names.flatMap(name => {
    const change = tenantChange(name, before, after, { ...options, classes, problems })
    return change === undefined ? [] : [withClasses(change, classes)]
  })
  const reported = [...classes.values()]
  const dangers = dangersOf(tenants, reported, options.maxQuotaIncrease)
  const isChanged = tenants.length + reported.length > 0
  return {
    report: {
      version: 1,
      result: dangers.length > 0 ? 'dangerous' : isChanged ? 'changed' : 'unchanged',
      summary: summaryOf(tenants, reported),
      dangers,
      warnings: [...options.warnings ?? []],
      classes: reported,
      tenants
    },
    problems
  }
}

type ChangedClasses = Map<string, ClassChange>

function changedClasses (before: Side, after: Side, now: Date, problems: SideProblem[]): ChangedClasses {
  const changes: ChangedClasses = new Map()
  for (const name of [...new Set([...before.classes.keys(), ...after.classes.keys()])].sort()) {
    const [was, is] = [before.classes.get(name), after.classes.get(name)]
    // An API server has keys in another order.
    if (was === is || Value.Equal(was?.spec, is?.spec)) continue
    const stateOf = (tenantClass: TenantClass | undefined, side: SideProblem['side']) => {
      if (tenantClass === undefined) return undefined
      const { state, problems: found } = plainState(tenantClass, now)
      problems.push(...found.map(problem => ({ ...problem, side })))
      return { tenantClass, state }
    }
    const change = classChange(name, stateOf(was, 'before'), stateOf(is, 'after'), now)
    if (change !== undefined) changes.set(name, change)
  }
  return changes
}

interface Context extends DiffOptions { classes: ChangedClasses, problems: SideProblem[] }

function tenantChange (name: string, before: Side, after: Side, context: Context): TenantChange | undefined {
  const was = before.tenants.get(name)
  const is = after.tenants.get(name)
  const stateIn = (tenant: Tenant, side: SideProblem['side']): TenantState => {
    const state = tenantState(tenant, (side === 'before' ? before : after).classes, context.now)
    context.problems.push(...state.problems.map(problem => ({ ...problem, side, tenant: name })))
    return state
  }
  if (is === undefined) return removedTenant(name, namesIn(before, name), was && stateIn(was, 'before').namespaces, context.now)
  const { namespaces, problems } = stateIn(is, 'after')
  const renamed = renamedHome(was, is)
  context.problems.push(...renamed)
  if (problems.length + renamed.length > 0) return undefined
  const current = { tenant: is, namespaces }
  const added = (isRepaired: boolean) =>
    ({ ...addedTenant(current, context.now), ...(isRepaired && { baseIsInvalid: true as const }) })
  if (was === undefined) return added(before.invalid?.has(name) === true)
  if (isUnchanged(was, is, context.classes)) return undefined
  const state = stateIn(was, 'before')
  return state.problems.length > 0 ? added(true) : changedTenant({ tenant: was, namespaces: state.namespaces }, current, context.now)
}

function namesIn ({ tenants, invalid }: Side, name: string) {
  const tenant = tenants.get(name)
  return tenant === undefined ? invalid?.get(name) ?? [] : namesOfNamespaces(tenant)
}

/** The API server refuses it. */
function renamedHome (was: Tenant | undefined, { metadata, spec }: Tenant): SideProblem[] {
  if (was === undefined || was.spec.name === spec.name) return []
  const message = `changes from ${was.spec.name} to ${spec.name}, and is immutable, since a namespace cannot be renamed. Restore it, ` +
    'and create a second Tenant'
  const problem = { reason: 'SpecInvalid' as const, path: ['spec', 'name'], message }
  return [{ side: 'after', tenant: metadata.name, index: 0, className: spec.className, problem }]
}

function isUnchanged (was: Tenant, is: Tenant, classes: ChangedClasses): boolean {
  const isSame = was === is || Value.Equal(was.spec, is.spec)
  return isSame && tenantsByNamespace(is).every(({ spec }) => !classes.has(spec.className))
}

/** Tells which namespaces change by their class alone, and the class which it reaches. */
function withClasses (change: TenantChange, classes: ChangedClasses): TenantChange {
  const reached = new Set<ClassChange>()
  const namespaces = change.namespaces.map((namespace): NamespaceChange => {
    const ofClass = classes.get(namespace.class.after ?? '')
    if (ofClass === undefined || namespace.change !== 'changed') return namespace
    reached.add(ofClass)
    ofClass.namespaces++
    return isByClass(namespace, change.name, ofClass) ? { ...namespace, byClass: ofClass.name } : namespace
  })
  for (const ofClass of reached) ofClass.tenants.push(change.name)
  return { ...change, namespaces }
}

function summaryOf (tenants: readonly TenantChange[], classes: readonly ClassChange[]): DiffReport['summary'] {
  const counts = { created: 0, adopted: 0, unlisted: 0, kept: 0, deleted: 0, changed: 0 }
  for (const { namespaces } of tenants) for (const { change } of namespaces) counts[change]++
  const count = (change: TenantChange['change']) => tenants.filter(tenant => tenant.change === change).length
  const ofTenants = { added: count('added'), removed: count('removed'), changed: count('changed') }
  return { tenants: ofTenants, namespaces: counts, classes: classes.length }
}
