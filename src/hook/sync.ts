import type { TenantStatus } from '../api/tenant-status.ts'
import type { KubernetesObject } from '../kubernetes/object.ts'
import { reconcile, type Reconciliation } from '../tenancy/reconcile.ts'
import { readRequest } from './read-request.ts'
import type { SyncRequest } from './schema.ts'

/** Decoded strictly by Metacontroller: no other fields. */
export interface SyncResponse {
  status: TenantStatus
  children: KubernetesObject[]
  resyncAfterSeconds?: number
}

export interface SyncResult extends Pick<Reconciliation, 'hold' | 'corrected'> {
  response: SyncResponse
}

/** Responds to the sync hook of Metacontroller. */
export function sync (request: SyncRequest, now: Date, version = 'unversioned'): SyncResult {
  const { children, status, resyncAfterSeconds, hold, corrected } = reconcile(request.parent, readRequest(request), now, version)
  return { response: { status, children, ...(resyncAfterSeconds !== undefined && { resyncAfterSeconds }) }, hold, corrected }
}
