import { fieldOf } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'

/** Both in seconds: the shortest time that anyone may choose, and the longest that an eviction, which does not show its pod, may have. */
const enough = 60
const longestEviction = 3600

/** A deletion can set a longer time to end than the pod has, which the deletion of its namespace does not shorten. */
export const podDeletion: Guardrail = {
  name: 'k8s-mtp-workloads-pod-deletion',
  purpose: 'Pods end within the time in their spec.',
  resources: [
    { group: '', resources: ['pods'], operations: ['DELETE'] },
    { group: '', resources: ['pods/eviction'], operations: ['CREATE'] }
  ],
  variables: {
    seconds: `
      request.operation == 'CREATE' ? variables.now.?deleteOptions.?gracePeriodSeconds.orValue(0)
      : has(request.options) && has(request.options.gracePeriodSeconds) ? request.options.gracePeriodSeconds : 0`,
    limit: `
      request.operation == 'CREATE' ? ${longestEviction} : variables.before == null ? variables.seconds
      : ${fieldOf('variables.before', 'spec.terminationGracePeriodSeconds', '0')}`
  },
  rules: {
    'grace-period': {
      refuses: `deleting a pod with a longer grace period than it has, and than ${enough} seconds; evicting one with more than ` +
        `${longestEviction} seconds`,
      expression: `variables.seconds <= ${enough} || variables.seconds <= variables.limit`,
      message: 'pod {variables.name} may take {string(variables.limit)} seconds to end, not {string(variables.seconds)}. ' +
        'Delete it with a shorter grace period'
    }
  }
}
