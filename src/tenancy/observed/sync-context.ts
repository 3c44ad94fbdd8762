import type { LooseTenant, ObservedTenant } from './loose-tenant.ts'
import type { ObservedState } from './observed-state.ts'
import type { PreviousStatus } from './previous-status.ts'

/** The input of one sync, which every step may read. */
export interface SyncContext {
  parent: ObservedTenant
  /** The parent, read without validation. */
  tenant: LooseTenant
  observed: ObservedState
  previous: PreviousStatus
  now: Date
  /** Of k8s-mtp. */
  version: string
}
