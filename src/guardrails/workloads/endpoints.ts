import { labels } from '../../api/group.ts'
import { endpointControllers } from '../actors.ts'
import { isMemberOf, userIsOneOf } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { isWithin, notAllowed, workloadParameter } from './parameter.ts'

const addressesOf = (subset: string) => `((has(${subset}.addresses) ? ${subset}.addresses : []) + (has(${subset}.notReadyAddresses) ? ${subset}.notReadyAddresses : []))`

const wasThere = `variables.subsetsBefore.exists(former, ${addressesOf('former')}.exists(known, known.ip == address.ip))`
const isRefused = `!${isWithin('address.ip', 'params.spec.endpoints.addresses')} && !${wasThere}`

/** Endpoints written by hand lead a Service of the tenant to any address, past the network policies of whoever trusts that Service. */
export function endpoints ({ breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-workloads-endpoints',
    purpose: 'Endpoints that are written by hand lead to the networks that the TenantClass allows.',
    resources: [{ group: '', resources: ['endpoints'], operations: ['CREATE', 'UPDATE'] }],
    inNamespacesWith: labels.tenant,
    conditions: { 'is-no-emergency': `!${isMemberOf(breakGlass)}`, 'is-by-hand': `!(${userIsOneOf(endpointControllers)})` },
    variables: {
      subsets: 'has(object.subsets) ? object.subsets : []',
      subsetsBefore: 'oldObject != null && has(oldObject.subsets) ? oldObject.subsets : []',
      // What has not changed is not looked into: the cost of comparing each with each is bounded.
      refused: `variables.subsets == variables.subsetsBefore ? [] : variables.subsets.filter(subset, ${addressesOf('subset')}.exists(address, ${isRefused}))`
    },
    rules: [{
      id: 'addresses',
      refuses: 'an address outside of the networks that the class lists',
      holds: 'variables.refused.size() == 0',
      message: notAllowed(`'the endpoint address ' + ${addressesOf('variables.refused[0]')}.filter(address, ${isRefused})[0].ip`, 'endpoints.addresses')
    }],
    parameter: workloadParameter
  }
}
