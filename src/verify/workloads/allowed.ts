import type { WorkloadPolicySpec } from '../../api/workload-policy.ts'
import { skipped, type Result } from '../check.ts'

/** What the class allows is no finding, and nothing that is proved. */
export const allowed = ({ className }: Pick<WorkloadPolicySpec, 'className'>, what: string): Result =>
  skipped(`TenantClass ${className} allows ${what}`)
