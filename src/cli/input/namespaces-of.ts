import type { Tenant } from '../../api/tenant.ts'
import { tenantOfEntry, type TenantOfEntry } from '../../tenancy/desired/tenant-of-entry.ts'
import type { Sourced } from './manifest-set.ts'

/** A Tenant with its home namespace alone, and the Tenant for each further namespace, whose paths are those of its entry. */
export function namespacesOf ({ object, source }: Sourced<Tenant>): Array<Sourced<TenantOfEntry>> {
  const { namespaces = [], ...spec } = object.spec
  return [
    { object: { ...object, spec }, source },
    ...namespaces.map((entry, index) => ({
      object: tenantOfEntry(object, entry),
      source: {
        ...source,
        pathIn: ([root = '', field = '', ...rest]: ReadonlyArray<string | number>) =>
          root === 'spec' && Object.hasOwn(entry, field) ? [root, 'namespaces', index, field, ...rest] : [root, field, ...rest]
      }
    }))
  ]
}
