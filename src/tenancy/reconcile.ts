import type { Reason } from '../api/condition.ts'
import type { TenantStatus } from '../api/tenant-status.ts'
import type { KubernetesObject } from '../kubernetes/object.ts'
import { childrenToReturn } from './children/children-to-return.ts'
import { recordCorrections, withRecord, type Correction } from './correction/record.ts'
import { decide } from './decide.ts'
import { compareAll } from './drift/comparison.ts'
import { findRollingOut } from './drift/rollout.ts'
import { readLooseTenant, type ObservedTenant } from './observed/loose-tenant.ts'
import type { ObservedState } from './observed/observed-state.ts'
import { readPreviousStatus } from './observed/previous-status.ts'
import type { SyncContext } from './observed/sync-context.ts'
import { resyncAfterSeconds } from './status/resync.ts'
import { statusOf } from './status/status.ts'
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
 * Reconciles one Tenant: a pure function of the Tenant, its observed state, the time and the version of k8s-mtp.
 * Read this first. Each step is a folder; `decide` runs `policy` and `desired`.
 */
export function reconcile (parent: ObservedTenant, observed: ObservedState, now: Date, version: string): Reconciliation {
  const tenant = readLooseTenant(parent)
  const previous = readPreviousStatus(parent)
  const context: SyncContext = { parent, tenant, observed, previous, now, version }
  const expiry = expiryOf(tenant.subjects, now)

  const decision = decide(context)
  const comparisons = decision.kind === 'declare' ? compareAll(decision.desired, observed.children) : []
  const rollingOut = decision.kind === 'declare'
    ? findRollingOut(comparisons, decision, expiry, context)
    : new Set<string>()

  const records = recordCorrections(comparisons, rollingOut, context)
  const children = childrenToReturn(decision, comparisons, context).map(child => withRecord(child, records))
  const status = statusOf({ decision, comparisons, rollingOut, expiry }, context)
  return {
    children,
    status,
    resyncAfterSeconds: resyncAfterSeconds({ decision, status, records, expiry, now }),
    hold: decision.kind === 'hold' ? decision.problems[0].reason : undefined,
    corrected: records.corrected
  }
}
