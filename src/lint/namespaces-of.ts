import type { Tenant } from '../api/tenant.ts'
import { tenantsByNamespace, type TenantOfEntry } from '../tenancy/desired/tenant-of-entry.ts'
import type { Path, Sourced } from './source.ts'

/** A Tenant with its home namespace alone, and the Tenant for each further namespace, whose paths are those of its entry. */
export function namespacesOf ({ object, source }: Sourced<Tenant>): Array<Sourced<TenantOfEntry>> {
  const entries = object.spec.namespaces ?? []
  return tenantsByNamespace(object).map((each, place) => {
    const index = place - 1
    const entry = entries[index]
    if (entry === undefined) return { object: each, source }
    const pathIn = ([root = '', field = '', ...rest]: Path) =>
      root === 'spec' && Object.hasOwn(entry, field) ? [root, 'namespaces', index, field, ...rest] : [root, field, ...rest]
    return { object: each, source: { ...source, pathIn } }
  })
}
