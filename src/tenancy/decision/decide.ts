import { TenantClass } from '../../api/tenant-class.ts'
import type { ClassInForce } from '../../api/tenant-status.ts'
import { furtherNamespaceName, Tenant } from '../../api/tenant.ts'
import { checker, formatViolation, type Checked, type Violation } from '../../api/validation/checker.ts'
import { memoize } from '../../kubernetes/memoize.ts'
import { isTerminating, type ObservedObject } from '../../kubernetes/object.ts'
import { tenantNamespaceKind } from '../desired/child-kinds.ts'
import { desiredFor, type DesiredNamespace } from '../desired/desired-state.ts'
import type { TenantOfEntry } from '../desired/tenant-of-entry.ts'
import type { ObservedState } from '../observed/observed-state.ts'
import { sharedClass } from '../observed/shared-class.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import { toProblem, type FieldProblem, type Problem } from '../policy/problem.ts'
import { hold, type Hold } from './hold.ts'
import { namespaceIsNotKept, namespaceIsUnavailable } from './unavailable-namespace.ts'

/** Declare the desired state, or leave everything unchanged. */
export type Decision = Declare | Hold

export interface Declare {
  kind: 'declare'
  desired: DesiredNamespace
  class: ClassInForce
  /** What a person must do although all objects are up to date. */
  problem?: Problem
}

const checkTenant = checker(Tenant)
const checkClass = memoize<ObservedObject, Checked<TenantClass>>(checker(TenantClass))

/** A valid Tenant, or what puts all of its namespaces on hold. */
export type Input = { tenant: TenantOfEntry, hold?: never } | { tenant?: never, hold: Hold }

/** Validates what concerns all namespaces of a Tenant, up to the first check that fails. */
export function checkInput ({ parent, tenant: { paused }, observed }: Pick<SyncContext, 'parent' | 'tenant' | 'observed'>): Input {
  if (isTerminating(parent)) return { hold: tenantIsTerminating }
  if (paused) return { hold: tenantIsPaused }
  const { status, entry, ...written } = parent
  const checked = checkTenant(written)
  if (!checked.ok) return { hold: specIsInvalid(checked.violations) }
  const hold = requestIsIncomplete(checked.value, observed)
  return hold === undefined ? { tenant: { ...checked.value, ...(entry !== undefined && { entry }) } } : { hold }
}

/** Computes the desired state of one namespace, or puts it on hold at the first check that fails. */
export function decide (context: Pick<SyncContext, 'parent' | 'tenant' | 'observed' | 'now'>, input = checkInput(context)): Decision {
  const { parent, observed, now } = context
  return input.hold ?? declare(input.tenant, parent.metadata.uid, observed, now)
}

function declare (tenant: TenantOfEntry, uid: string, observed: ObservedState, now: Date): Decision {
  const observedClass = observed.classes.get(tenant.spec.className)
  if (observedClass === undefined) return classIsMissing(tenant, observed.classes)
  const tenantClass = checkClass(sharedClass(observedClass))
  if (!tenantClass.ok) return fieldsAreInvalid(tenant, tenantClass.violations.map(violation => ({ ...violation, reason: 'ClassInvalid' })))
  const { desired, problems } = desiredFor(tenant, tenantClass.value, now)
  if (problems !== undefined) return fieldsAreInvalid(tenant, problems)
  const hold = namespaceIsUnavailable(tenant, uid, observed)
  if (hold !== undefined) return hold
  const problem = namespaceIsNotKept(tenant, observed)
  return { kind: 'declare', desired, class: classInForce(observedClass), ...(problem !== undefined && { problem }) }
}

const tenantIsTerminating = hold('Terminating', {
  reason: 'TenantTerminating',
  message: 'the Tenant is being deleted, and its objects with it. Until then they stay unchanged'
})

const tenantIsPaused = hold('Paused', {
  reason: 'Paused',
  message: 'reconciliation is paused (spec.paused: true); drift is not corrected. Set it to false to resume'
})

/** A TenantNamespace that was orphaned: --cascade=orphan keeps all namespaces of a Tenant. */
export function tenantIsMissing (tenant: string, name: string): Hold {
  return hold('Blocked', {
    reason: 'TenantMissing',
    message: `Tenant ${tenant} was deleted with --cascade=orphan; the namespace and its objects are kept, and stay unchanged. ` +
      'To give it to a new Tenant of that name with the entry, as a member of a break-glass group: ' +
      `k8s-mtp adopt ${tenant} ${furtherNamespaceName(name)} (a preview; --yes adopts it)`
  })
}

function specIsInvalid (violations: Violation[]): Hold {
  return hold('Blocked', ...violations.map(violation =>
    ({ reason: 'SpecInvalid' as const, message: `${formatViolation(violation)}. Correct the Tenant` })))
}

/** During an upgrade the CompositeController of an earlier version may send no TenantNamespaces, which most Tenants do not need. */
function requestIsIncomplete ({ spec: { namespaces = [] } }: Tenant, { missingKinds }: ObservedState): Hold | undefined {
  const missing = missingKinds.filter(kind => namespaces.length > 0 || !kind.startsWith(`${tenantNamespaceKind.kind}.`))
  if (missing.length === 0) return undefined
  return hold('Blocked', {
    reason: 'EngineMisconfigured',
    message: `Metacontroller does not send ${missing.join(', ')}. Apply the CompositeController of this version of k8s-mtp`
  })
}

function classIsMissing ({ spec: { className } }: Tenant, classes: ReadonlyMap<string, ObservedObject>): Hold {
  const existing = classes.size === 0 ? 'none exists' : `existing: ${[...classes.keys()].sort().join(', ')}`
  return hold('Blocked', {
    reason: 'ClassNotFound',
    message: `TenantClass ${className} does not exist (${existing}). Create it, or correct spec.className`
  })
}

function fieldsAreInvalid ({ spec }: Tenant, problems: FieldProblem[]): Hold {
  return hold('Blocked', ...problems.map(problem => toProblem(problem, spec.className)))
}

function classInForce ({ metadata: { name, uid, generation = 0 } }: ObservedObject): ClassInForce {
  return { name, ...(uid !== undefined && { uid }), generation }
}
