import { labels } from '../../api/group.ts'
import { isMemberOf } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { isWithin, notAllowed, workloadParameter } from './parameter.ts'

const single = (object: string, field: string) => `(has(${object}.status.${field}) ? [${object}.status.${field}] : [])`
const listed = (object: string, field: string) => `(has(${object}.status.${field}) ? ${object}.status.${field}.filter(item, has(item.ip)).map(item, item.ip) : [])`
const addressesOf = (object: string) =>
  `(has(${object}.status) ? ${single(object, 'podIP')} + ${listed(object, 'podIPs')} + ${single(object, 'hostIP')} + ${listed(object, 'hostIPs')} : [])`

/** The address in the status of a pod is where its Services lead: whoever may write it leads them anywhere. */
export function podStatus ({ breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-workloads-pod-status',
    purpose: 'The addresses of pods are told by nodes; by hand only within the networks that the TenantClass allows.',
    resources: [{ group: '', resources: ['pods/status'], operations: ['UPDATE'] }],
    inNamespacesWith: labels.tenant,
    conditions: { 'is-no-emergency': `!${isMemberOf(breakGlass)}`, 'is-no-node': `!${isMemberOf(['system:nodes'])}` },
    variables: {
      addressesBefore: addressesOf('oldObject'),
      refused: `${addressesOf('object')}.filter(address, address != '' && !(address in variables.addressesBefore) && !${isWithin('address', 'params.spec.endpoints.addresses')})`
    },
    rules: [{
      id: 'addresses',
      refuses: 'an address of a pod or of its host outside of the networks that the class lists, unless a node says it',
      holds: 'variables.refused.size() == 0',
      message: notAllowed("'the address ' + variables.refused[0] + ' in the status of a pod'", 'endpoints.addresses')
    }],
    parameter: workloadParameter
  }
}
