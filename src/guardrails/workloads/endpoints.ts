import { fieldOf, fieldOr } from '../cel.ts'
import { exceptEndpointControllers } from '../conditions.ts'
import type { Guardrail } from '../guardrail.ts'
import { isWithin, notAllowed } from './allowed.ts'

const list = 'endpoints.addresses'
const refuses = 'an address outside of the networks that the TenantClass lists'

const addressesOf = (subset: string) => `(${fieldOr(`${subset}.addresses`)} + ${fieldOr(`${subset}.notReadyAddresses`)})`

const isNewInSubsets = `!variables.subsetsBefore.exists(former, ${addressesOf('former')}.exists(known, known.ip == address.ip))`
const isRefusedIn = {
  subset: `!${isWithin('address.ip', `params.spec.${list}`)} && ${isNewInSubsets}`,
  slice: `!${isWithin('address', `params.spec.${list}`)} && !variables.endpointsBefore.exists(former, address in former.addresses)`
}

const allIn = (list: string, isKnown: string) => {
  const [now, before] = [fieldOf('variables.now', list), fieldOf('variables.before', list)]
  return `${now} == ${before} || ${now}.all(${isKnown})`
}

/** True for Endpoints with no other addresses than before. Unchanged subsets are not compared one by one: that has a cost limit. */
export const endpointsHaveOnlyKnownAddresses = allIn(
  'subsets', `subset, ${addressesOf('subset')}.all(address,
    ${fieldOf('variables.before', 'subsets')}.exists(former, ${addressesOf('former')}.exists(known, known.ip == address.ip)))`
)

/** The same for an EndpointSlice. */
export const slicesHaveOnlyKnownAddresses = allIn(
  'endpoints', `endpoint, endpoint.addresses.all(address,
    ${fieldOf('variables.before', 'endpoints')}.exists(former, address in former.addresses))`
)

/** Endpoints can route a Service to any address, past network policies that trust the Service. */
export const endpoints: Guardrail = {
  name: 'k8s-mtp-workloads-endpoints',
  purpose: 'Endpoints that users write list only addresses that the TenantClass allows.',
  resources: [{ group: '', resources: ['endpoints'], operations: ['CREATE', 'UPDATE'] }],
  conditions: exceptEndpointControllers,
  variables: {
    subsets: fieldOr('object.subsets'),
    subsetsBefore: fieldOf('oldObject', 'subsets'),
    // Unchanged subsets are skipped: comparing each address with each has a cost limit.
    refused: `
      variables.subsets == variables.subsetsBefore
      ? [] : variables.subsets.filter(subset, ${addressesOf('subset')}.exists(address, ${isRefusedIn.subset}))`
  },
  rules: {
    addresses: {
      refuses,
      expression: 'variables.refused.size() == 0',
      message: notAllowed(
        `the endpoint address {${addressesOf('variables.refused[0]')}.filter(address, ${isRefusedIn.subset})[0].ip}`, list
      )
    }
  }
}

export const endpointSlices: Guardrail = {
  name: 'k8s-mtp-workloads-endpointslices',
  purpose: 'EndpointSlices that users write list only addresses that the TenantClass allows.',
  resources: [{ group: 'discovery.k8s.io', resources: ['endpointslices'], operations: ['CREATE', 'UPDATE'] }],
  conditions: exceptEndpointControllers,
  variables: {
    endpoints: fieldOr('object.endpoints'),
    endpointsBefore: fieldOf('oldObject', 'endpoints'),
    hasNames: "object.addressType == 'FQDN' && variables.endpoints != variables.endpointsBefore",
    refused: `
      variables.hasNames || variables.endpoints == variables.endpointsBefore
      ? [] : variables.endpoints.filter(endpoint, endpoint.addresses.exists(address, ${isRefusedIn.slice}))`
  },
  rules: {
    names: {
      refuses: 'host names instead of addresses',
      expression: '!variables.hasNames',
      message: notAllowed('EndpointSlices of the addressType FQDN', list)
    },
    addresses: {
      refuses,
      expression: 'variables.refused.size() == 0',
      message: notAllowed(`the endpoint address {variables.refused[0].addresses.filter(address, ${isRefusedIn.slice})[0]}`, list)
    }
  }
}
