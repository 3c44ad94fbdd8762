import type { SelfService } from './self-service.ts'

/**
 * Kinds in namespaces whose writers reach beyond their namespace, or gain permissions: by a controller with more permissions, or past a
 * rule of the class. A class may grant them, so this is a warning. Cluster-scoped kinds of other projects are here too: a Role grants
 * nothing on them.
 */
export interface ReachingKinds {
  /** The project, and the heading in docs/reference/reaching-kinds.md. */
  project: string
  /** By API group; with subresources. */
  resources: Readonly<Record<string, readonly string[]>>
  /** What writers can do, in one sentence without its period. */
  why: string
  /** What makes it safe, in the imperative; absent if nothing does. */
  remedy?: string
  /** The field of spec.selfService of a class with which guardrails bound these kinds. */
  boundedBy?: keyof SelfService
  source: string
}
