import type { TenantClass } from '../../api/tenant-class.ts'
import type { TenantSpec } from '../../api/tenant.ts'
import type { FieldProblem } from './problem.ts'

/** Lists roles of the Tenant that its class does not have. */
export function roleProblems (
  { roles = {} }: Pick<TenantSpec, 'roles'>, { metadata, spec: { additionalRoles = {} } }: TenantClass
): FieldProblem[] {
  const names = Object.keys(additionalRoles).sort()
  return Object.keys(roles).filter(name => !names.includes(name)).map(name => ({
    reason: 'SpecInvalid',
    rule: 'unknown-role',
    path: ['spec', 'roles', name],
    message: `TenantClass ${metadata.name} has no role ${name} under spec.additionalRoles (${names.join(', ') || 'none'}). ` +
      'Remove or correct the role, or ask the platform team to add it to the class'
  }))
}
