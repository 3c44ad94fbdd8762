import { checker, formatViolation } from '../api/validation/checker.ts'
import { labels } from '../api/group.ts'
import { TenantClass } from '../api/tenant-class.ts'
import type { ClassInForce } from '../api/tenant-status.ts'
import { namespaceName, Tenant, type TenantSpec } from '../api/tenant.ts'
import { desiredState, type DesiredNamespace } from './desired/desired-state.ts'
import { identity, isTerminating, type Observed, type ObservedObject } from '../kubernetes/object.ts'
import { effectivePolicy } from './policy/effective-policy.ts'
import { explained, type Problem } from './policy/problem.ts'

/** A Tenant as it comes over the wire: known by name and uid, its spec not checked yet. */
export interface ObservedTenant extends ObservedObject {
  metadata: ObservedObject['metadata'] & { uid: string, generation: number }
}

/** Either what should be, or why everything is to stay as it is. */
export type Decision =
  | { kind: 'declare', desired: DesiredNamespace, class: ClassInForce }
  | { kind: 'hold', because: 'Paused' | 'Terminating' | 'Waiting' | 'Problems', problems: [Problem, ...Problem[]] }

const checkTenant = checker(Tenant)
const checkClass = checker(TenantClass)

export function decide (tenant: ObservedTenant, observed: Observed, now: Date): Decision {
  if (isTerminating(tenant)) return tenantIsBeingDeleted
  if (asksForPause(tenant)) return tenantIsPaused
  const checked = checkTenant(withoutStatus(tenant))
  if (!checked.ok) return held(checked.violations.map(violation => problem('SpecInvalid', `${formatViolation(violation)}. Correct the Tenant`)))
  return decideForValid(checked.value, tenant.metadata.uid, observed, now)
}

function decideForValid (tenant: Tenant, uid: string, observed: Observed, now: Date): Decision {
  const { namespaces, classes } = observed
  if (namespaces === undefined || classes === undefined || observed.kindsNotSent.length > 0) return tooLittleWasSent(observed)

  const found = classes.get(tenant.spec.className)
  if (found === undefined) return held([classIsUnknown(tenant.spec, classes)])
  const tenantClass = checkClass(found)
  if (!tenantClass.ok) return held(tenantClass.violations.map(violation => explained({ ...violation, reason: 'ClassInvalid' }, tenant.spec.className)))

  const { policy, problems } = effectivePolicy(tenant, tenantClass.value)
  if (problems !== undefined) return held(problems.map(problem => explained(problem, tenant.spec.className)))

  return namespaceIsUnavailable(tenant, uid, observed) ?? { kind: 'declare', desired: desiredState(tenant, policy, now), class: classInForce(found) }
}

function classInForce ({ metadata: { name, uid, generation = 0 } }: ObservedObject): ClassInForce {
  return { name, ...(uid !== undefined && { uid }), generation }
}

function namespaceIsUnavailable (tenant: Tenant, uid: string, { children, namespaces }: Observed): Decision | undefined {
  const name = namespaceName(tenant)
  const own = children.get(identity({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
  if (own !== undefined) return isTerminating(own) ? namespaceIsTerminating(name) : undefined
  const present = namespaces?.get(name)
  if (present === undefined) return undefined
  if (isTerminating(present)) return namespaceIsTerminating(name)
  const owned = present.metadata.ownerReferences?.some(reference => reference.uid === uid && reference.controller === true) === true
  return owned ? namespaceIsBeingAdopted(name) : held([namespaceIsTaken(tenant, uid, present)])
}

const tenantIsBeingDeleted: Decision = {
  kind: 'hold',
  because: 'Terminating',
  problems: [problem('TenantTerminating', 'the Tenant is being deleted: what it owns goes with it, and stays as it is until then')]
}

const tenantIsPaused: Decision = {
  kind: 'hold',
  because: 'Paused',
  problems: [problem('Paused', 'spec.paused is true: nothing is created, changed or deleted, and drift stays. Remove spec.paused to go on')]
}

function asksForPause ({ spec }: ObservedTenant): boolean {
  return typeof spec === 'object' && spec !== null && 'paused' in spec && spec.paused === true
}

function tooLittleWasSent ({ namespaces, classes, kindsNotSent }: Observed): Decision {
  const lacking = [...kindsNotSent, ...(namespaces === undefined ? ['related Namespaces'] : []), ...(classes === undefined ? ['related TenantClasses'] : [])]
  return held([problem('EngineMisconfigured', `Metacontroller does not send ${lacking.join(', ')}: apply the CompositeController that belongs to this version of k8s-mtp`)])
}

function classIsUnknown ({ className }: TenantSpec, classes: ReadonlyMap<string, ObservedObject>): Problem {
  const names = [...classes.keys()].sort()
  const known = names.length === 0 ? 'there is none at all' : `there are: ${names.join(', ')}`
  return problem('ClassNotFound', `there is no TenantClass ${className} (${known}): create it, or correct spec.className`)
}

function namespaceIsTerminating (name: string): Decision {
  return { kind: 'hold', because: 'Waiting', problems: [problem('NamespaceTerminating', `namespace ${name} is being deleted: it is made again when it is gone. kubectl describe namespace ${name} says what it waits for`)] }
}

function namespaceIsBeingAdopted (name: string): Decision {
  return { kind: 'hold', because: 'Waiting', problems: [problem('NamespacePending', `namespace ${name} is there and names this Tenant as its owner: waiting for Metacontroller to see it as such`)] }
}

function namespaceIsTaken ({ metadata }: Tenant, uid: string, { metadata: { name, labels: found } }: ObservedObject): Problem {
  const adopt = `k8s-mtp adopt ${metadata.name} ${name}`
  const label = `kubectl label namespace ${name} controller-uid=${uid} --overwrite`
  if (found?.[labels.tenant] === metadata.name) {
    return problem('NamespaceConflict', `namespace ${name} was made for an earlier Tenant ${metadata.name} or released from this one, and is left untouched. To take it over with all that is in it (without --yes it only says what would change): ` +
      `${adopt} --yes. Or by hand: kubectl -n ${name} label role,rolebinding,resourcequota,limitrange,workloadpolicy,networkpolicy -l ${labels.tenant}=${metadata.name} controller-uid=${uid} --overwrite && ${label}`)
  }
  return problem('NamespaceConflict', `namespace ${name} exists and belongs to somebody else, so it is left untouched. Delete it, or give the Tenant another name; ` +
    `or, if this Tenant is to own it and delete it one day (without --yes it only says what would change): ${adopt} --yes. Or by hand: ${label}`)
}

function held (problems: Problem[]): Decision {
  const [first, ...others] = problems
  if (first === undefined) throw new TypeError('a hold needs a reason')
  return { kind: 'hold', because: 'Problems', problems: [first, ...others] }
}

function problem (reason: Problem['reason'], message: string): Problem {
  return { reason, message }
}

/** The status is ours to write and not part of the question. */
function withoutStatus ({ status, ...tenant }: ObservedTenant): Omit<ObservedTenant, 'status'> {
  return tenant
}
