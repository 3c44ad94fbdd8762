import type { Reason } from '../api/condition.ts'
import type { TenantStatus } from '../api/tenant-status.ts'
import { decide, type Decision, type ObservedTenant } from '../tenancy/decide.ts'
import { expiriesOf, secondsUntilExpiry } from '../tenancy/subjects/expiry.ts'
import type { Manifest } from '../tenancy/desired/manifest.ts'
import { identity } from '../kubernetes/object.ts'
import { previousStatus } from '../tenancy/observed/previous-status.ts'
import { comparisonsOf, type Comparison } from '../tenancy/drift/comparison.ts'
import { rollingOut } from '../tenancy/drift/rollout.ts'
import { statusOf } from '../tenancy/status/status.ts'
import { observedIn } from './read-request.ts'
import { ownerOf } from '../tenancy/observed/owner.ts'
import { safeAnswer } from '../tenancy/children/children-to-return.ts'
import { sameDrift, stampsOf, withStamp, type Correction, type Stamps } from '../tenancy/correction/record.ts'
import type { SyncRequest } from './schema.ts'

export interface SyncAnswer {
  status: TenantStatus
  children: Manifest[]
  resyncAfterSeconds?: number
}

/** How long until a Tenant on its way is looked at again though nothing happened: an object that is late makes no event. */
const resyncWhileUnderWaySeconds = 20
/** The same drift that soon again is noted, and so seen by Metacontroller, only when it cannot be the one before any more. */
const resyncWhenAgainSeconds = sameDrift / 1000 + 1

export interface SyncResult {
  answer: SyncAnswer
  /** Why everything was left as it is; undefined where it was not. */
  hold: Reason | undefined
  /** What was found changed by hand, and is put right by the answer. */
  corrected: Correction[]
}

/** From what is observed to what should be: a pure function of the request, the time, and the version of k8s-mtp that answers. */
export function sync (request: SyncRequest, now: Date, version = 'unversioned'): SyncResult {
  const tenant: ObservedTenant = request.parent
  const observed = observedIn(request)
  const owner = ownerOf(tenant)
  const previous = previousStatus(tenant)
  const expiries = expiriesOf(tenant['spec'], now)
  const decision = decide(tenant, observed, now)
  const { comparisons, late, stamps } = decision.kind === 'hold' ? nothing : found(decision)
  const status = statusOf({ tenant, owner, decision, observed, previous, comparisons, rollingOut: late, expiries, version, now })
  const resyncAfterSeconds = soonest(resyncAfter(decision, status, stamps), secondsUntilExpiry(expiries, now))
  return {
    answer: {
      status,
      children: safeAnswer({ tenant, owner, now }, decision, observed).map(child => withStamp(child, stamps.values.get(identity(child)))),
      ...(resyncAfterSeconds !== undefined && { resyncAfterSeconds })
    },
    hold: decision.kind === 'hold' ? decision.problems[0].reason : undefined,
    corrected: stamps.corrected
  }

  function found ({ desired, class: inForce }: Decision & { kind: 'declare' }): Found {
    const comparisons = comparisonsOf(desired, observed)
    const late = rollingOut(comparisons, { generation: tenant.metadata.generation, class: inForce, version, nextExpiry: expiries.next }, previous, now)
    return { comparisons, late, stamps: stampsOf(comparisons, late, { before: previous.namespaces.get(desired.namespace.metadata.name), previous, now }) }
  }
}

interface Found {
  comparisons: Comparison[]
  /** What is missing or differs as a change has not reached it yet. */
  late: ReadonlySet<string>
  stamps: Stamps
}

/** Under hold nothing is put right. */
const nothing: Found = { comparisons: [], late: new Set(), stamps: { values: new Map(), corrected: [], again: false } }

function resyncAfter (decision: Decision, { phase }: TenantStatus, { again }: Stamps): number | undefined {
  if (decision.kind === 'hold' || phase === 'Active') return undefined
  return again ? resyncWhenAgainSeconds : resyncWhileUnderWaySeconds
}

/** Metacontroller is asked for one delay: whatever is due then, the answer says when the next is. */
function soonest (...delays: Array<number | undefined>): number | undefined {
  const asked = delays.filter(delay => delay !== undefined)
  return asked.length === 0 ? undefined : Math.min(...asked)
}
