import type { Tenant } from '../../api/tenant.ts'
import { exceeds } from '../../kubernetes/amounts.ts'
import { entriesOf, type Quotas } from '../policy/effective-quotas.ts'
import type { FieldProblem } from '../policy/problem.ts'
import { kindCountedAs } from './child-kinds.ts'
import type { Manifest } from './manifest.ts'

/** Lists quotas that would refuse the Tenant's own objects: the API server counts its network policies like any others. */
export function headroomProblems (tenant: Tenant, quotas: Quotas, contents: readonly Manifest[]): FieldProblem[] {
  return entriesOf(quotas).flatMap(({ quota, resource, amount }) => {
    const counted = kindCountedAs(resource)
    const needed = contents.filter(({ kind }) => kind === counted).length
    if (!exceeds(needed, amount)) return []
    const overridden = Object.hasOwn(tenant.spec.quotas?.[quota] ?? {}, resource)
    return [{
      reason: overridden ? 'OverrideNotAllowed' : 'ClassInvalid',
      path: ['spec', 'quotas', quota, resource],
      message: `${amount} is too low for Tenant ${tenant.metadata.name}, whose own objects need ${needed}. Raise it to ${needed} or more`
    }]
  })
}
