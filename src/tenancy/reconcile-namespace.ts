import type { Reason } from '../api/condition.ts'
import type { TenantStatus } from '../api/tenant-status.ts'
import type { KubernetesObject } from '../kubernetes/object.ts'
import { childrenToReturn } from './children/children-to-return.ts'
import { withGrantableRules } from './correction/grantable-rules.ts'
import { recordCorrections, withRecord, type Correction } from './correction/record.ts'
import { decide, type Input } from './decision/decide.ts'
import { compareAll } from './drift/comparison.ts'
import { detectDrift } from './drift/detected-drift.ts'
import { findRefusedRoles, namesOfReduced } from './drift/refused-roles.ts'
import { findRollingOut } from './drift/rollout.ts'
import { recreateStuckRoles } from './drift/stuck-roles.ts'
import type { SyncContext } from './observed/sync-context.ts'
import { resyncAfterSeconds } from './status/resync.ts'
import type { FurtherStatus } from './status/further-status.ts'
import { reportedStatus } from './status/first-status.ts'
import { expiryOf } from './subjects/expiry.ts'

export interface Reconciliation {
  children: KubernetesObject[]
  status: TenantStatus
  /** Undefined: only events cause the next sync. */
  resyncAfterSeconds: number | undefined
  /** Why everything is left unchanged; undefined where the desired state is declared. */
  hold: Reason | undefined
  /** Drift that was detected by this sync, and is corrected by its children. */
  corrected: Correction[]
}

/**
 * Reconciles one namespace and its objects. Each step is a folder; `decide` runs `policy` and `desired`.
 * @param further the other namespaces of the Tenant, which its status summarises
 */
export function reconcileNamespace (input: Input, context: SyncContext, further: FurtherStatus): Reconciliation {
  const { tenant, observed, now } = context
  const expiry = expiryOf(tenant.subjects, now)

  const decision = decide(context, input)
  const comparisons = decision.kind === 'declare' ? recreateStuckRoles(compareAll(decision.desired, observed.children), context) : []
  const refused = findRefusedRoles(comparisons, context)
  const changed = decision.kind === 'declare' ? findRollingOut(comparisons, decision, expiry, context) : []
  const rollingOut = new Set([...changed, ...namesOfReduced(refused)])
  const drift = detectDrift(comparisons, rollingOut)

  const records = recordCorrections(comparisons, drift, context)
  const enforceable = withGrantableRules(comparisons, refused, now)
  const children = childrenToReturn(decision, enforceable, context).map(child => withRecord(child, records))
  const status = reportedStatus({ decision, comparisons, rollingOut, drift, refused, expiry, further }, context)
  return {
    children,
    status,
    resyncAfterSeconds: resyncAfterSeconds({ decision, status, records, expiry, now }),
    hold: decision.kind === 'hold' ? decision.problems[0].reason : undefined,
    corrected: records.corrected
  }
}
