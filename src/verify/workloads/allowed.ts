import type { WorkloadPolicySpec } from '../../api/workload-policy.ts'
import { skipped, undecided, type Result } from '../check.ts'
import type { Context } from '../context.ts'

/** What the class allows is no finding, and nothing that is proved. */
export const allowed = ({ className }: Pick<WorkloadPolicySpec, 'className'>, what: string): Result =>
  skipped(`TenantClass ${className} allows ${what}`)

/** A namespace of another system has none. One of a Tenant lacks it. */
export function withoutPolicy ({ target: { tenant } }: Pick<Context, 'target'>, what: string): Result {
  const message = `without a WorkloadPolicy, nothing says ${what} the namespace may use`
  return tenant === undefined ? skipped(message) : undecided(message)
}
