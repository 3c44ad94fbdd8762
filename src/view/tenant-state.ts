import type { NamespaceStatus } from '../api/tenant-status.ts'
import { conditionOf } from '../kubernetes/conditions.ts'
import { fieldsAt, listAt, textAt, type Fields } from '../kubernetes/json.ts'
import { isTerminating, type ObservedObject } from '../kubernetes/object.ts'

/** The state of a Tenant in one word. All but Unknown can be read from the Tenant. */
export const tenantStates = ['Ready', 'Provisioning', 'Stalled', 'Blocked', 'Paused', 'Terminating', 'NotReconciled', 'Unknown'] as const
export type TenantState = typeof tenantStates[number]

export const namespaceStates = ['Ready', 'NotReady', 'Pending', 'Paused', 'Conflict', 'Terminating', 'Unlisted', 'Unknown'] as const
export type NamespaceState = typeof namespaceStates[number]

/** True while the status is not about the current spec. */
export function isNotReconciled (object: ObservedObject): boolean {
  const { observedGeneration } = fieldsAt(object, 'status')
  const { generation = 0 } = object.metadata
  return typeof observedGeneration !== 'number' || observedGeneration < generation || conditionOf(object, 'Ready') === undefined
}

export function tenantState (tenant: ObservedObject): TenantState {
  if (isTerminating(tenant)) return 'Terminating'
  if (isNotReconciled(tenant)) return 'NotReconciled'
  if (conditionOf(tenant, 'Ready')?.status === 'True') return 'Ready'
  const phase = textAt(fieldsAt(tenant, 'status'), 'phase')
  if (phase === 'Paused' || phase === 'Blocked') return phase
  return conditionOf(tenant, 'Stalled') === undefined ? 'Provisioning' : 'Stalled'
}

/** The entries of status.namespaces, of any shape. */
export function namespaceEntries (tenant: ObservedObject): Fields[] {
  return listAt(fieldsAt(tenant, 'status'), 'namespaces')
}

export function namespaceState (entry: Partial<Record<keyof NamespaceStatus, unknown>>): NamespaceState {
  if (entry.phase === 'Terminating' || entry.phase === 'Conflict') return entry.phase
  if (entry.reason === 'NamespaceUnlisted') return 'Unlisted'
  if (entry.ready === true) return 'Ready'
  if (entry.reason === 'Paused') return 'Paused'
  return entry.phase === 'Pending' ? 'Pending' : 'NotReady'
}
