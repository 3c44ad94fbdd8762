import { labels } from '../api/group.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import type { Context } from './context.ts'

/** Selects namespaces of other Tenants. Those of the same Tenant are its own. */
export function isOfOtherTenant ({ target }: Pick<Context, 'target'>): (namespace: ObservedObject) => boolean {
  return ({ metadata }) => metadata.labels?.[labels.tenant] !== undefined && metadata.labels[labels.tenant] !== target.tenant?.name
}
