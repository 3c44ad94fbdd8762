import type { KindRef, KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import type { DeleteOptions } from '../cluster/client.ts'
import type { Model } from './model.ts'

/** Who sends a request: a cluster admin, whom guardrails refuse to tamper, or a member of a break-glass group. */
export type Actor = 'admin' | 'break-glass'

export type Request =
  | { verb: 'create', object: KubeObject }
  | { verb: 'apply', object: KubeObject }
  | { verb: 'patch', ref: ObjectRef, type: 'json' | 'merge' | 'strategic', patch: unknown }
  | { verb: 'delete', ref: ObjectRef, options?: DeleteOptions }

/**
 * What the API server responds: `refused` by a guardrail, `invalid` by the schema or a validation, `missing` where an object or its
 * namespace does not exist (yet), or the namespace is terminating.
 */
export type Outcome = 'admitted' | 'refused' | 'invalid' | 'missing'

/** One step of a run. It depends on the seed and on the model alone. */
export interface Operation {
  /** The row of the table. */
  kind: string
  /** For the log, the same in each run with the seed. */
  text: string
  /** The Tenant, class or namespace that it concerns. */
  concerns: string[]
  actor: Actor
  /** In their order; the outcome is that of the last one that was not admitted. */
  requests: Request[]
  /** Outcomes other than these are differences between model and cluster. */
  expected: readonly Outcome[]
  /** Changes the model, where the requests are admitted. Only operations that must be admitted have one. */
  change?: (model: Model) => void
  /** Effects that the model does not have: they depend on whether the object exists already. */
  effect?: Effect
  /** A part of the platform to kill, instead of requests. */
  kill?: { part: 'hook' | 'engine' | 'apiserver', index: number, downMilliseconds: number }
}

export type Effect =
  /** A namespace that the operation deletes, with its data. */
  | { type: 'deletes-namespaces', namespaces: string[], tenant?: string }
  | { type: 'orphans-namespaces', namespaces: string[] }
  /** An object that must stay. */
  | { type: 'data', object: KubeObject }
  | { type: 'removes-data', ref: ObjectRef }
  /** A label of another tool on a namespace, which must stay. */
  | { type: 'foreign-label', namespace: string, key: string, value: string }

export const tenantKind: KindRef = { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant' }
export const classKind: KindRef = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass' }
export const tenantNamespaceKind: KindRef = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace' }
export const namespaceKind: KindRef = { apiVersion: 'v1', kind: 'Namespace' }

/** Replaces the spec of an object. */
export function replaceSpec (ref: ObjectRef, spec: unknown): Request {
  return { verb: 'patch', ref, type: 'json', patch: [{ op: 'replace', path: '/spec', value: spec }] }
}
