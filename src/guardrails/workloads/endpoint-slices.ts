import { labels } from '../../api/group.ts'
import { endpointControllers } from '../actors.ts'
import { isMemberOf, userIsOneOf } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { isWithin, notAllowed, workloadParameter } from './parameter.ts'

const wasThere = 'variables.endpointsBefore.exists(former, address in former.addresses)'
const isRefused = `!${isWithin('address', 'params.spec.endpoints.addresses')} && !${wasThere}`

/** The same as Endpoints, in the form that kube-proxy reads. */
export function endpointSlices ({ breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-workloads-endpointslices',
    purpose: 'EndpointSlices that are written by hand lead to the networks that the TenantClass allows.',
    resources: [{ group: 'discovery.k8s.io', resources: ['endpointslices'], operations: ['CREATE', 'UPDATE'] }],
    inNamespacesWith: labels.tenant,
    conditions: { 'is-no-emergency': `!${isMemberOf(breakGlass)}`, 'is-by-hand': `!(${userIsOneOf(endpointControllers)})` },
    variables: {
      endpoints: 'has(object.endpoints) ? object.endpoints : []',
      endpointsBefore: 'oldObject != null && has(oldObject.endpoints) ? oldObject.endpoints : []',
      isOfNames: "object.addressType == 'FQDN' && variables.endpoints != variables.endpointsBefore",
      refused: `variables.isOfNames || variables.endpoints == variables.endpointsBefore ? [] : variables.endpoints.filter(endpoint, endpoint.addresses.exists(address, ${isRefused}))`
    },
    rules: [
      {
        id: 'names',
        refuses: 'names of hosts in place of addresses',
        holds: '!variables.isOfNames',
        message: notAllowed("'EndpointSlices of the addressType FQDN'", 'endpoints.addresses')
      },
      {
        id: 'addresses',
        refuses: 'an address outside of the networks that the class lists',
        holds: 'variables.refused.size() == 0',
        message: notAllowed(`'the endpoint address ' + variables.refused[0].addresses.filter(address, ${isRefused})[0]`, 'endpoints.addresses')
      }
    ],
    parameter: workloadParameter
  }
}
