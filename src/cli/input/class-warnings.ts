import { docsAddress } from '../../api/group.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import { grantedReach } from '../../tenancy/policy/granted-reach.ts'
import { onOneLine } from '../output/print.ts'
import { at, type Sourced } from './manifest-set.ts'

/** Warns of permissions of a valid class that reach beyond the namespaces of its Tenants, at the first rule that grants them. */
export function classWarnings ({ object, source }: Sourced<TenantClass>): string[] {
  return grantedReach(object).map(({ project, granted, path, why, remedy }) => {
    const message = `lets members write ${granted.join(', ')}: ${why}. ${remedy === undefined ? '' : `${remedy}. `}` +
      `See ${docsAddress}/reference/reaching-kinds.md#${project.toLowerCase().replaceAll(' ', '-')}`
    return onOneLine(at(source, { path, message }))
  })
}
