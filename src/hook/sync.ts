import type { Reason } from '../api/conditions.ts'
import type { TenantStatus } from '../api/tenant-status.ts'
import { decide, type Decision, type ObservedTenant } from '../tenancy/decision.ts'
import type { Manifest } from '../tenancy/manifests/manifest.ts'
import { statusOf } from '../tenancy/status.ts'
import { observedIn } from './observed.ts'
import { ownerOf } from './owner.ts'
import { safeAnswer } from './safe-answer.ts'
import type { SyncRequest } from './wire.ts'

export interface SyncAnswer {
  status: TenantStatus
  children: Manifest[]
  resyncAfterSeconds?: number
}

/** How long until a Tenant on its way is looked at again though nothing happened: an object that is late makes no event. */
const resyncWhileUnderWaySeconds = 20

export interface SyncResult {
  answer: SyncAnswer
  /** Why everything was left as it is; undefined where it was not. */
  hold: Reason | undefined
}

/** From what is observed to what should be: a pure function of the request and the time. */
export function sync (request: SyncRequest, now: Date): SyncResult {
  const tenant: ObservedTenant = request.parent
  const observed = observedIn(request)
  const owner = ownerOf(tenant)
  const decision = decide(tenant, observed)
  const status = statusOf({ tenant, owner, decision, observed, now })
  return {
    answer: {
      status,
      children: safeAnswer(tenant, owner, decision, observed),
      ...(isUnderWay(decision, status) && { resyncAfterSeconds: resyncWhileUnderWaySeconds })
    },
    hold: decision.kind === 'hold' ? decision.problems[0].reason : undefined
  }
}

function isUnderWay (decision: Decision, { phase }: TenantStatus): boolean {
  return decision.kind === 'declare' && phase !== 'Active'
}
