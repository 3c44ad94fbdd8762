import type { ObservedObject } from '../../kubernetes/object.ts'
import { shellQuoted } from '../../shell-quoted.ts'
import { usesOf } from '../quota-use.ts'
import { pageOf, type Cause } from './cause.ts'

/** Quotas that refuse the next object. The condition QuotaExceeded has those that are exceeded. */
export function quotaCauses (quotas: readonly ObservedObject[]): Cause[] {
  return quotas.flatMap(quota => {
    const full = usesOf(quota).filter(({ level }) => level === 'full')
    if (full.length === 0) return []
    const { namespace = '', name } = quota.metadata
    const amounts = full.map(({ resource, used, hard }) => `${resource} ${used} of ${hard}`).join(', ')
    return [{
      object: `ResourceQuota ${namespace}/${name}`,
      reason: 'QuotaFull',
      message: `it is full: ${amounts}. New objects are refused: delete unused objects, or raise the quota in the Tenant or its class`,
      commands: [`k8s-mtp usage --namespace ${shellQuoted(namespace)}`],
      page: pageOf('tenants.md#quotas')
    }]
  })
}
