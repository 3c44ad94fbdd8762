import { access } from './access/access-checks.ts'
import type { Check, Family } from './check.ts'
import { escalation } from './escalation/escalation-checks.ts'
import { network } from './network/network-checks.ts'
import { podSecurity } from './pods/pod-security.ts'
import { quotas } from './quotas/quota-checks.ts'
import { selfService } from './self-service.ts'
import { state, type Recheck } from './state/state-checks.ts'
import { workloads } from './workloads/workload-checks.ts'

/** All checks, in the order of the output. */
export function families (recheck: Recheck): Family[] {
  return [access, escalation, podSecurity, quotas, workloads, network, state(recheck), selfService]
}

/** The checks with what is known of them without a cluster. */
export const allChecks: ReadonlyArray<Check & { family: string }> =
  families(async () => []).flatMap(({ id, checks }) => checks.map(check => ({ ...check, family: id })))
