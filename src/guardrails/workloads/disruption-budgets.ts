import type { Guardrail } from '../guardrail.ts'
import { notEnabled } from './allowed.ts'

/** The API server accepts percentages with leading zeros. */
const blocks = (spec: string): string => `
  ((has(${spec}.maxUnavailable) && string(${spec}.maxUnavailable).matches('^0+%?$'))
  || (has(${spec}.minAvailable) && string(${spec}.minAvailable).matches('^0*100%$')))`

/** A node with such a pod cannot be drained. Whether a number is all pods of a workload is not known here. */
export const disruptionBudgets: Guardrail = {
  name: 'k8s-mtp-workloads-disruption-budgets',
  purpose: 'PodDisruptionBudgets allow an eviction, unless the TenantClass says otherwise.',
  resources: [{ group: 'policy', resources: ['poddisruptionbudgets'], operations: ['CREATE', 'UPDATE'] }],
  rules: {
    blocking: {
      refuses: 'a maxUnavailable of 0, and a minAvailable of 100%',
      expression: `
        params.spec.allowBlockingDisruptionBudgets || !${blocks('variables.now.spec')}
        || (variables.before != null && ${blocks('variables.before.spec')})`,
      message: notEnabled('{variables.object} to refuse each eviction', 'allowBlockingDisruptionBudgets', 'Set spec.maxUnavailable to 1')
    }
  }
}
