import type { TenantClass } from '../api/tenant-class.ts'
import type { WorkloadPolicySpec } from '../api/workload-policy.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import type { DesiredNamespace } from '../tenancy/desired/desired-state.ts'
import type { BoundRules } from './access/bound-rules.ts'
import type { Api } from './api.ts'
import type { Result } from './check.ts'
import type { Member } from './members.ts'

/** The Tenant of a namespace, as far as it can be read. */
export interface TenantOfTarget {
  name: string
  className: string
  /** Undefined where it does not exist or is invalid. */
  tenantClass?: TenantClass
  /** Undefined where the Tenant is on hold for another reason than a pause. */
  desired?: DesiredNamespace
  /** Why `desired` is undefined. */
  problem?: string
}

/** The namespace that is verified. */
export interface Target {
  name: string
  namespace: ObservedObject
  /** Undefined for namespaces of other systems. */
  tenant?: TenantOfTarget
  members: Member[]
}

/** What the checks of one namespace share. */
export interface Context {
  target: Target
  api: Api
  cluster: ClusterState
  /** Those of the members that have access, and the others: a denial to them proves nothing. */
  present: () => Promise<Presence>
  /** What bindings of the cluster grant the members. */
  boundRules: () => Promise<BoundRules>
  /** Compliant pods that the API server admits, and the members that may create them. Otherwise why there is none. */
  basePods: () => Promise<BasePods | Result>
  /** The rules for workloads; undefined where the namespace has none. */
  workloads: () => Promise<WorkloadPolicySpec | undefined>
}

export interface Presence { present: Member[], absent: Member[] }

export interface BasePod { member: Member, pod: PodManifest }

export interface BasePods { pods: BasePod[], untried: Member[] }

export interface PodManifest {
  apiVersion: 'v1'
  kind: 'Pod'
  metadata: { name: string, namespace: string, labels?: Record<string, string> }
  spec: Record<string, unknown> & { containers: Array<Record<string, unknown>> }
}

/** What all namespaces of a run share. */
export interface ClusterState {
  /** All namespaces that exist. */
  namespaces: readonly ObservedObject[]
  /** By namespace of a Tenant, the keys of the subjects that it lists. */
  declared: ReadonlyMap<string, ReadonlySet<string>>
}
