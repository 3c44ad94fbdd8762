import { fieldsAt } from '../../kubernetes/json.ts'
import { displayName } from '../../kubernetes/object.ts'
import type { Comparison } from './comparison.ts'

/**
 * Names the desired quotas that Kubernetes does not enforce yet: without `status.hard` for a resource, quota admission
 * admits any amount of it. Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
export function quotasNotInForce (comparisons: readonly Comparison[]): string[] {
  return comparisons.flatMap(({ manifest, observed }) => {
    if (manifest.kind !== 'ResourceQuota') return []
    const enforced = fieldsAt(fieldsAt(observed ?? {}, 'status'), 'hard')
    return Object.keys(manifest.spec.hard ?? {}).every(name => Object.hasOwn(enforced, name)) ? [] : [displayName(manifest)]
  })
}

/** Without a WorkloadPolicy pods are refused: a new one follows the quotas, or the first pods would not be counted. */
export function followsQuotas ({ action, manifest }: Comparison): boolean {
  return action === 'create' && manifest.kind === 'WorkloadPolicy'
}
