import { fieldOf } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'
import { notEnabled } from './allowed.ts'

/** The seconds that anyone may choose. */
const enough = 60

/** A deletion can set a longer time to end than the pod has, which the deletion of its namespace does not shorten. */
export const podDeletion: Guardrail = {
  name: 'k8s-mtp-workloads-pod-deletion',
  purpose: 'Pods end within the time in their spec.',
  resources: [{ group: '', resources: ['pods'], operations: ['DELETE'] }],
  variables: {
    seconds: 'has(request.options) && has(request.options.gracePeriodSeconds) ? request.options.gracePeriodSeconds : 0',
    limit: `variables.before == null ? variables.seconds : ${fieldOf('variables.before', 'spec.terminationGracePeriodSeconds', '0')}`
  },
  rules: {
    'grace-period': {
      refuses: `deleting a pod with a longer grace period than it has, and than ${enough} seconds`,
      expression: `variables.seconds <= ${enough} || variables.seconds <= variables.limit`,
      message: 'pod {variables.name} may take {string(variables.limit)} seconds to end, not {string(variables.seconds)}. ' +
        'Delete it with a shorter grace period'
    }
  }
}

/** The API server does not show the pod of an eviction. So the limit is that of all pods, which is in the WorkloadPolicy. */
export const podEvictions: Guardrail = {
  name: 'k8s-mtp-workloads-pod-evictions',
  purpose: 'Evicted pods end within the time that the TenantClass allows.',
  resources: [{ group: '', resources: ['pods/eviction'], operations: ['CREATE'] }],
  variables: { seconds: 'variables.now.?deleteOptions.?gracePeriodSeconds.orValue(0)' },
  rules: {
    'grace-period': {
      refuses: `evicting a pod with a longer grace period than pods may have, and than ${enough} seconds`,
      expression: `variables.seconds <= ${enough} || variables.seconds <= params.spec.pods.maxTerminationGracePeriodSeconds`,
      message: notEnabled(
        'an eviction with gracePeriodSeconds {string(variables.seconds)}', 'pods.maxTerminationGracePeriodSeconds',
        'Evict the pod without gracePeriodSeconds'
      )
    }
  }
}
