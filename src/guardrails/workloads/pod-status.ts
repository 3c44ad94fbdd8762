import { nodeController, podGarbageCollector, podStatusWriters, scheduler } from '../actors.ts'
import { fieldOf, isExemptController, listOf, userIsOneOf } from '../cel.ts'
import { exceptNodes } from '../conditions.ts'
import type { Guardrail } from '../guardrail.ts'

/** Quotas do not count these phases. Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota */
const ended = listOf(['Succeeded', 'Failed'])
const hasEnded = (status: string) => `('phase' in ${status} && ${status}.phase in ${ended})`

const [before, now] = ['variables.statusBefore', 'variables.statusNow']

/**
 * The scheduler subtracts the resources in the status of a pod from its node, Services route to the addresses in it, and a pod
 * in an ended phase counts in no quota, though it may run on. So a new field of the status is refused too. Metadata may change:
 * network plugins write annotations through this subresource, and roles with `pods` can change them anyway.
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/
 */
export const podStatus: Guardrail = {
  name: 'k8s-mtp-workloads-pod-status',
  purpose: 'Only nodes, the scheduler and controllers of Kubernetes change the status of pods; other users only its conditions.',
  resources: [{ group: '', resources: ['pods/status'], operations: ['UPDATE'] }],
  conditions: exceptNodes,
  variables: {
    statusBefore: fieldOf('variables.before', 'status', '{}'),
    statusNow: fieldOf('variables.now', 'status', '{}'),
    allowed: `${userIsOneOf([nodeController])} ? ${listOf(['conditions', 'reason', 'message'])} : ${listOf(['conditions'])}`,
    changed: `
      ${now}.filter(field, !(field in variables.allowed) && !(field in ${before} && ${before}[field] == ${now}[field]))
      + ${before}.filter(field, !(field in variables.allowed) && !(field in ${now}))`
  },
  rules: {
    fields: {
      refuses: 'any change of the status except its conditions; the scheduler and controllers of Kubernetes may change it',
      expression: `
        ${userIsOneOf([scheduler])} || ${isExemptController(podStatusWriters)} || variables.changed.size() == 0`,
      message: 'status.{variables.changed[0]} of pod {object.metadata.name} is set by its node or by Kubernetes. ' +
        'Change status.conditions only; a virtual kubelet has to authenticate as a node, in the group system:nodes'
    },
    phase: {
      refuses: 'setting the phase to or from Succeeded or Failed; the pod garbage collector may',
      expression: `${hasEnded(before)} == ${hasEnded(now)} || ${isExemptController(podGarbageCollector)}`,
      message: 'the phase of pod {object.metadata.name} is set by its node: an ended pod does not count in quotas. Delete the pod instead'
    }
  }
}
