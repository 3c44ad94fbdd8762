import { reconcile, reconcileTenantNamespace } from '../tenancy/reconcile.ts'
import { readRequest } from './read-request.ts'
import type { SyncRequest } from './schema.ts'

/** Responds to the sync hook of Metacontroller, which refuses a response with other fields. */
export function sync (request: SyncRequest, now: Date, version = 'unversioned') {
  const reconcileParent = request.parent.kind === 'Tenant' ? reconcile : reconcileTenantNamespace
  const { children, status, resyncAfterSeconds, hold, corrected } = reconcileParent(request.parent, readRequest(request), now, version)
  return { response: { status, children, ...(resyncAfterSeconds !== undefined && { resyncAfterSeconds }) }, hold, corrected }
}

export type SyncResult = ReturnType<typeof sync>
