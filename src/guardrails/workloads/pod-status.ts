import { labels } from '../../api/group.ts'
import { podCollectors } from '../actors.ts'
import { isMemberOf, listOf, userIsOneOf } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { isWithin, notAllowed, workloadParameter } from './parameter.ts'

const single = (object: string, field: string) => `(has(${object}.status.${field}) ? [${object}.status.${field}] : [])`
const listed = (object: string, field: string) => `(has(${object}.status.${field}) ? ${object}.status.${field}.filter(item, has(item.ip)).map(item, item.ip) : [])`
const addressesOf = (object: string) =>
  `(has(${object}.status) ? ${single(object, 'podIP')} + ${listed(object, 'podIPs')} + ${single(object, 'hostIP')} + ${listed(object, 'hostIPs')} : [])`

/** The phases that quotas no longer count. Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota */
const ended = listOf(['Succeeded', 'Failed'])
const hasEnded = (object: string) => `(has(${object}.status) && has(${object}.status.phase) && ${object}.status.phase in ${ended})`

/**
 * The address in the status of a pod is where its Services lead: whoever may write it leads them anywhere. A pod that is said to have
 * ended counts in no quota, though it may run on for as long as its grace period says.
 */
export function podStatus ({ breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-workloads-pod-status',
    purpose: 'Nodes say where a pod is and that it has ended; by hand its addresses lie within the networks that the TenantClass allows.',
    resources: [{ group: '', resources: ['pods/status'], operations: ['UPDATE'] }],
    inNamespacesWith: labels.tenant,
    conditions: { 'is-no-emergency': `!${isMemberOf(breakGlass)}`, 'is-no-node': `!${isMemberOf(['system:nodes'])}` },
    variables: {
      addressesBefore: addressesOf('oldObject'),
      refused: `${addressesOf('object')}.filter(address, address != '' && !(address in variables.addressesBefore) && !${isWithin('address', 'params.spec.endpoints.addresses')})`
    },
    rules: [
      {
        id: 'addresses',
        refuses: 'an address of a pod or of its host outside of the networks that the class lists, unless a node says it',
        holds: 'variables.refused.size() == 0',
        message: notAllowed("'the address ' + variables.refused[0] + ' in the status of a pod'", 'endpoints.addresses')
      },
      {
        id: 'phase',
        refuses: 'saying that a pod has ended, or runs again, unless a node or the collector of pods says it',
        holds: `${hasEnded('oldObject')} == ${hasEnded('object')} || ${userIsOneOf(podCollectors)}`,
        message: { cel: "'pod ' + object.metadata.name + ' has ended when its node says so: it would no longer count in the quotas. Delete the pod instead'" }
      }
    ],
    parameter: workloadParameter
  }
}
