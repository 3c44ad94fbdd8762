import { podGarbageCollector } from '../actors.ts'
import { isMemberOf, listOf, userIsOneOf } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'
import { isWithin, notAllowed } from './allowed.ts'

const single = (object: string, field: string) => `(has(${object}.status.${field}) ? [${object}.status.${field}] : [])`
const listed = (object: string, field: string) =>
  `(has(${object}.status.${field}) ? ${object}.status.${field}.filter(item, has(item.ip)).map(item, item.ip) : [])`

/** Lists all addresses in the status of a pod. */
export const podAddressesIn = (object: string): string => {
  const addresses = [single(object, 'podIP'), listed(object, 'podIPs'), single(object, 'hostIP'), listed(object, 'hostIPs')]
  return `(has(${object}.status) ? ${addresses.join(' + ')} : [])`
}

/** Quotas do not count these phases. Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota */
const ended = listOf(['Succeeded', 'Failed'])
export const hasEnded = (object: string): string =>
  `(has(${object}.status) && has(${object}.status.phase) && ${object}.status.phase in ${ended})`

/**
 * Services route to the address in a pod's status. A pod in an ended phase counts in no quota, though it may run on for its grace
 * period.
 */
export const podStatus: Guardrail = {
  name: 'k8s-mtp-workloads-pod-status',
  purpose: 'Only nodes report that a pod has ended; other users set only pod addresses that the TenantClass allows.',
  resources: [{ group: '', resources: ['pods/status'], operations: ['UPDATE'] }],
  conditions: { 'is-no-node': { expression: `!${isMemberOf(['system:nodes'])}`, exempts: 'nodes' } },
  variables: {
    addressesBefore: podAddressesIn('oldObject'),
    refused: `
      ${podAddressesIn('object')}.filter(address, address != '' && !(address in variables.addressesBefore)
      && !${isWithin('address', 'params.spec.endpoints.addresses')})`
  },
  rules: {
    addresses: {
      refuses: 'an address of the pod or its host outside of the networks that the TenantClass lists',
      expression: 'variables.refused.size() == 0',
      message: notAllowed('the address {variables.refused[0]} in the status of a pod', 'endpoints.addresses')
    },
    phase: {
      refuses: 'setting the phase to or from Succeeded or Failed; the pod garbage collector may',
      expression: `${hasEnded('oldObject')} == ${hasEnded('object')} || ${userIsOneOf(podGarbageCollector)}`,
      message: 'the phase of pod {object.metadata.name} is set by its node: an ended pod does not count in quotas. Delete the pod instead'
    }
  }
}
