import { labels } from '../api/group.ts'
import { TenantClass } from '../api/tenant-class.ts'
import type { ClassInForce } from '../api/tenant-status.ts'
import { namespaceName, Tenant } from '../api/tenant.ts'
import { checker, formatViolation, type Violation } from '../api/validation/checker.ts'
import { isTerminating, namespaceIdentity, type ObservedObject } from '../kubernetes/object.ts'
import { desiredFor, type DesiredNamespace } from './desired/desired-state.ts'
import type { ObservedTenant } from './observed/loose-tenant.ts'
import type { ObservedState } from './observed/observed-state.ts'
import type { SyncContext } from './observed/sync-context.ts'
import { toProblem, type FieldProblem, type Problem } from './policy/problem.ts'

/** Declare the desired state, or leave everything unchanged. */
export type Decision = Declare | Hold

export interface Declare {
  kind: 'declare'
  desired: DesiredNamespace
  class: ClassInForce
}

export interface Hold {
  kind: 'hold'
  because: 'Paused' | 'Terminating' | 'Waiting' | 'Problems'
  problems: [Problem, ...Problem[]]
}

const checkTenant = checker(Tenant)
const checkClass = checker(TenantClass)

type Input = Pick<SyncContext, 'parent' | 'tenant' | 'observed' | 'now'>

/** Runs the checks in order; the first one that fails puts the Tenant on hold. */
export function decide ({ parent, tenant: { paused }, observed, now }: Input): Decision {
  if (isTerminating(parent)) return tenantIsTerminating
  if (paused) return tenantIsPaused
  const tenant = checkTenant(withoutStatus(parent))
  if (!tenant.ok) return specIsInvalid(tenant.violations)
  return requestIsIncomplete(observed) ?? declare(tenant.value, parent.metadata.uid, observed, now)
}

function declare (tenant: Tenant, uid: string, observed: ObservedState, now: Date): Decision {
  const { classes = new Map<string, ObservedObject>() } = observed
  const observedClass = classes.get(tenant.spec.className)
  if (observedClass === undefined) return classIsMissing(tenant, classes)
  const tenantClass = checkClass(observedClass)
  if (!tenantClass.ok) return classIsInvalid(tenant, tenantClass.violations)
  const { desired, problems } = desiredFor(tenant, tenantClass.value, now)
  if (problems !== undefined) return fieldsAreInvalid(tenant, problems)
  return namespaceIsUnavailable(tenant, uid, observed) ?? { kind: 'declare', desired, class: classInForce(observedClass) }
}

const tenantIsTerminating = hold('Terminating', {
  reason: 'TenantTerminating',
  message: 'the Tenant is being deleted, and its objects with it. Until then they stay unchanged'
})

const tenantIsPaused = hold('Paused', {
  reason: 'Paused',
  message: 'reconciliation is paused (spec.paused: true); drift is not corrected. Set it to false to resume'
})

function specIsInvalid (violations: Violation[]): Hold {
  return hold('Problems', ...violations.map(violation => ({
    reason: 'SpecInvalid' as const,
    message: `${formatViolation(violation)}. Correct the Tenant`
  })))
}

function requestIsIncomplete ({ namespaces, classes, missingKinds }: ObservedState): Hold | undefined {
  const missing = [
    ...missingKinds,
    ...(namespaces === undefined ? ['related Namespaces'] : []),
    ...(classes === undefined ? ['related TenantClasses'] : [])
  ]
  if (missing.length === 0) return undefined
  return hold('Problems', {
    reason: 'EngineMisconfigured',
    message: `Metacontroller does not send ${missing.join(', ')}. Apply the CompositeController of this version of k8s-mtp`
  })
}

function classIsMissing ({ spec: { className } }: Tenant, classes: ReadonlyMap<string, ObservedObject>): Hold {
  const existing = classes.size === 0 ? 'none exists' : `existing: ${[...classes.keys()].sort().join(', ')}`
  return hold('Problems', {
    reason: 'ClassNotFound',
    message: `TenantClass ${className} does not exist (${existing}). Create it, or correct spec.className`
  })
}

function classIsInvalid (tenant: Tenant, violations: Violation[]): Hold {
  return fieldsAreInvalid(tenant, violations.map(violation => ({ ...violation, reason: 'ClassInvalid' })))
}

function fieldsAreInvalid ({ spec }: Tenant, problems: FieldProblem[]): Hold {
  return hold('Problems', ...problems.map(problem => toProblem(problem, spec.className)))
}

function namespaceIsUnavailable (tenant: Tenant, uid: string, { children, namespaces }: ObservedState): Hold | undefined {
  const name = namespaceName(tenant)
  const child = children.get(namespaceIdentity(name))
  const namespace = child ?? namespaces?.get(name)
  if (namespace === undefined) return undefined
  if (isTerminating(namespace)) return namespaceIsTerminating(name)
  if (child !== undefined) return undefined
  const isOwned = namespace.metadata.ownerReferences?.some(owner => owner.uid === uid && owner.controller === true) === true
  return isOwned ? namespaceIsBeingAdopted(name) : namespaceConflicts(tenant, namespace)
}

function namespaceIsTerminating (name: string): Hold {
  return hold('Waiting', {
    reason: 'NamespaceTerminating',
    message: `namespace ${name} is being deleted, and is recreated afterwards. To see what it waits for: kubectl describe namespace ${name}`
  })
}

function namespaceIsBeingAdopted (name: string): Hold {
  return hold('Waiting', {
    reason: 'NamespacePending',
    message: `waiting for Metacontroller to observe that this Tenant owns namespace ${name}`
  })
}

function namespaceConflicts ({ metadata }: Tenant, { metadata: { name, labels: found } }: ObservedObject): Hold {
  const [whose, otherwise] = found?.[labels.tenant] === metadata.name
    ? [`belonged to an earlier Tenant ${metadata.name}, or was released from this one`, '']
    : ['exists, and does not belong to this Tenant', 'Delete it, or rename the Tenant; or adopt it: ']
  return hold('Problems', {
    reason: 'NamespaceConflict',
    message: `namespace ${name} ${whose}; it is left unchanged. ${otherwise || 'To adopt it with everything in it: '}` +
      `k8s-mtp adopt ${metadata.name} ${name} (a preview; --yes adopts it)`
  })
}

function hold (because: Hold['because'], ...problems: Problem[]): Hold {
  const [first, ...others] = problems
  if (first === undefined) throw new TypeError('a hold needs a problem')
  return { kind: 'hold', because, problems: [first, ...others] }
}

function classInForce ({ metadata: { name, uid, generation = 0 } }: ObservedObject): ClassInForce {
  return { name, ...(uid !== undefined && { uid }), generation }
}

function withoutStatus ({ status, ...tenant }: ObservedTenant): Omit<ObservedTenant, 'status'> {
  return tenant
}
