import type { NamespaceStatus } from '../../api/tenant-status.ts'
import { tenantAndEntry } from '../../api/tenant-namespace.ts'
import { compareText } from '../../kubernetes/compare-text.ts'
import { displayName, type KubernetesObject } from '../../kubernetes/object.ts'
import type { FurtherNamespaces } from '../children/further-namespaces.ts'
import type { Comparison } from '../drift/comparison.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { Problem } from '../policy/problem.ts'
import type { ConditionState } from './conditions.ts'
import { observedState, waiting, type NamespaceState } from './namespace-state.ts'
import type { Progress } from './progress.ts'
import { shortenList } from './shorten-list.ts'
import { unlistedCondition, unlistedProblem } from './unlisted-namespaces.ts'

/** What the status of a Tenant says about its further namespaces. */
export interface FurtherStatus {
  namespaces: NamespaceStatus[]
  /** Those in the first status of the Tenant: none exists yet. */
  first: NamespaceStatus[]
  /** Undefined where all that are listed are ready. */
  progress: Progress | undefined
  conditions: ConditionState[]
}

export const noFurther: FurtherStatus = { namespaces: [], first: [], progress: undefined, conditions: [] }

/** Summarises the status of each TenantNamespace, which its own sync has written. */
export function furtherStatus ({ listed, others }: FurtherNamespaces, { tenant }: SyncContext): FurtherStatus {
  const kept = others.filter(({ metadata }) => tenantAndEntry(metadata.name)[0] === tenant.name)
  const unlisted = kept.filter(({ metadata }) => !tenant.entries.has(tenantAndEntry(metadata.name)[1]))
  const states = listed.map(stateOf)
  const namespaces = [
    ...states.map(({ status }) => status),
    ...kept.map(object => ({ ...observedState(object).status, ...(unlisted.includes(object) && unlistedProblem(object)) }))
  ]
  return {
    namespaces: sorted(namespaces),
    first: sorted(listed.map(({ manifest }) => pending(manifest).status)),
    progress: progressOf(states.filter(({ status }) => !status.ready)),
    conditions: unlistedCondition(unlisted)
  }
}

function stateOf ({ action, manifest, observed }: Comparison): NamespaceState {
  const name = displayName(manifest)
  if (action === 'create') return pending(manifest)
  if (action !== 'keep') return waiting(observed, { reason: 'RollingOut', message: `applying a change of the Tenant to ${name}` })
  return observedState(observed)
}

function pending (manifest: KubernetesObject): NamespaceState {
  return waiting(manifest, { reason: 'NamespacePending', message: `waiting for Metacontroller to create ${displayName(manifest)}` })
}

function sorted (namespaces: NamespaceStatus[]): NamespaceStatus[] {
  return namespaces.sort((a, b) => compareText(a.name, b.name))
}

function progressOf (unready: readonly NamespaceState[]): Progress | undefined {
  if (unready.length === 0) return undefined
  const problem = problemOf(unready)
  const stalled = unready.filter(({ isStalled }) => isStalled)
  return { ...problem, stalled: stalled.length === 0 ? undefined : problemOf(stalled) }
}

function problemOf (states: readonly NamespaceState[]): Problem {
  const names = states.map(({ status: { name, reason = '' } }) => `${name} (${reason})`)
  return { reason: 'NamespacesNotReady', message: `not ready: ${shortenList(names)}. status.namespaces has the message of each` }
}
