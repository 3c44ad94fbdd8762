import { identity, namespaceIdentity, type KubernetesObject, type ObservedObject } from '../../kubernetes/object.ts'
import { appliedConfiguration } from '../../metacontroller/applied-configuration.ts'
import { correct } from '../correction/correct.ts'
import type { Decision } from '../decision/decide.ts'
import type { Comparison } from '../drift/comparison.ts'
import { followsQuotas, quotasNotInForce } from '../drift/quotas-in-force.ts'
import { isProducedBy } from '../observed/ownership.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import { cordon } from './cordon.ts'
import { revokeSubjects } from './revoke-subjects.ts'

/**
 * Returns the children of a Tenant. Metacontroller deletes at once what is observed and not returned, so an observed
 * child is left out only where the Tenant produced it and it is no longer desired, or must be recreated.
 */
export function childrenToReturn (decision: Decision, comparisons: readonly Comparison[], context: SyncContext): KubernetesObject[] {
  const observed = [...context.observed.children.values()]
  if (decision.kind === 'hold') return observed.map(child => holdChild(child, context))

  const quotasAreInForce = quotasNotInForce(comparisons).length === 0
  const desired = comparisons.filter(comparison => canBeApplied(comparison, context) && (quotasAreInForce || !followsQuotas(comparison)))
  const identities = new Set(desired.map(({ manifest }) => identity(manifest)))
  const others = observed.filter(child => !identities.has(identity(child)))
  return [...desired.flatMap(correct), ...others.filter(child => !canBePruned(child, context)).map(child => holdChild(child, context))]
}

/**
 * Kinds are applied in alphabetical order and in one pass, so objects returned together with a namespace that does not
 * exist yet would fail. They follow once it is observed, in the next sync.
 */
function canBeApplied ({ manifest: { metadata: { namespace } } }: Comparison, { observed }: SyncContext): boolean {
  return namespace === undefined || observed.children.has(namespaceIdentity(namespace))
}

function canBePruned (child: ObservedObject, { tenant, observed }: SyncContext): boolean {
  return isProducedBy(tenant, child) && observed.children.has(namespaceIdentity(tenant.namespace ?? ''))
}

/** Leaves a child unchanged, except that access and admission may shrink. An unmanaged object is returned by name only. */
function holdChild (child: ObservedObject, { tenant, now }: SyncContext): KubernetesObject {
  return cordon(revokeSubjects(appliedConfiguration(child), child, tenant, now), tenant)
}
