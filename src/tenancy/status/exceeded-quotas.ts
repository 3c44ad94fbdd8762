import { exceeds } from '../../kubernetes/amounts.ts'
import { fieldsAt, textAt } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { isProducedBy } from '../observed/ownership.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { ConditionState } from './conditions.ts'
import { shortenList } from './shorten-list.ts'

/**
 * The condition QuotaExceeded, by the observed quotas: a quota that is lowered below its use ends nothing that exists. While
 * it is exceeded its use can only fall, so the amounts in the message change rarely.
 */
export function quotaExceededCondition ({ tenant, observed }: Pick<SyncContext, 'tenant' | 'observed'>): ConditionState[] {
  const exceeded = [...observed.children.values()]
    .filter(child => child.kind === 'ResourceQuota' && isProducedBy(tenant, child))
    .flatMap(exceededResources).sort()
  if (exceeded.length === 0) return []
  return [{
    type: 'QuotaExceeded',
    status: 'True',
    reason: 'QuotaExceeded',
    message: `more is used in ${tenant.namespace ?? ''} than its quotas allow: ${shortenList(exceeded)}. ` +
      'Existing objects stay, and new ones are refused. Delete some of them, or raise the quota in the Tenant or its class'
  }]
}

/** `pods of tenant-quota (used 20, hard 5)`. By the status alone: the API server admits by it. */
function exceededResources (quota: ObservedObject): string[] {
  const status = fieldsAt(quota, 'status')
  const [hard, used] = [fieldsAt(status, 'hard'), fieldsAt(status, 'used')]
  return Object.keys(hard).filter(resource => exceeds(textAt(used, resource), textAt(hard, resource)))
    .map(resource => `${resource} of ${quota.metadata.name} (used ${textAt(used, resource)}, hard ${textAt(hard, resource)})`)
}
