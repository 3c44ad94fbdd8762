import { fieldOr, maxItems } from '../cel.ts'
import { exceptEndpointControllers } from '../conditions.ts'
import type { Guardrail, ResourceRule, Rule } from '../guardrail.ts'
import { isWithin, notAllowed } from './allowed.ts'

const list = 'endpoints.addresses'

/** A kind that has lists of addresses. */
interface Kind {
  name: string
  resource: ResourceRule
  /** The field with the lists, and the addresses in an item of it. */
  field: string
  addressesIn: (item: string) => string
  countIn: (item: string) => string
}

const ofEndpoints: Kind = {
  name: 'Endpoints',
  resource: { group: '', resources: ['endpoints'], operations: ['CREATE', 'UPDATE'] },
  field: 'subsets',
  addressesIn: subset => `(${fieldOr(`${subset}.addresses`)} + ${fieldOr(`${subset}.notReadyAddresses`)}).map(each, each.ip)`,
  countIn: subset => `(${fieldOr(`${subset}.addresses`)}.size() + ${fieldOr(`${subset}.notReadyAddresses`)}.size())`
}

const ofSlices: Kind = {
  name: 'EndpointSlices',
  resource: { group: 'discovery.k8s.io', resources: ['endpointslices'], operations: ['CREATE', 'UPDATE'] },
  field: 'endpoints',
  addressesIn: endpoint => `${endpoint}.addresses`,
  countIn: endpoint => `${endpoint}.addresses.size()`
}

/** The API server shows an EndpointSlice without endpoints with null. */
const listsIn = ({ field }: Kind, object: string): string =>
  `(${object} != null && has(${object}.${field}) && ${object}.${field} != null ? ${object}.${field} : [])`

/** Without counting the addresses of many lists. */
const countIn = (kind: Kind, lists: string): string =>
  `(${lists}.size() > ${maxItems} ? ${lists}.size() : ${lists}.map(item, ${kind.countIn('item')}).sum())`

const isIn = ({ addressesIn }: Kind, lists: string): string => `${lists}.exists(former, address in ${addressesIn('former')})`

/** True for an object with no other addresses than before. Of many, none may change. */
function hasOnlyKnownAddresses (kind: Kind): string {
  const [now, before] = [listsIn(kind, 'variables.now'), listsIn(kind, 'variables.before')]
  return `${now} == ${before} || (${countIn(kind, now)} <= ${maxItems} && ${countIn(kind, before)} <= ${maxItems}
    && ${now}.all(item, ${kind.addressesIn('item')}.all(address, ${isIn(kind, before)})))`
}

export const endpointsHaveOnlyKnownAddresses = hasOnlyKnownAddresses(ofEndpoints)
export const slicesHaveOnlyKnownAddresses = hasOnlyKnownAddresses(ofSlices)

/** Endpoints can route a Service to any address, past network policies that trust the Service. */
function addressGuardrail (kind: Kind, isFree = 'false', others: Record<string, Rule> = {}): Guardrail {
  const { name, resource, addressesIn } = kind
  return {
    name: `k8s-mtp-workloads-${name.toLowerCase()}`,
    purpose: `${name} that users write list only addresses that the TenantClass allows.`,
    resources: [resource],
    conditions: exceptEndpointControllers,
    variables: {
      lists: listsIn(kind, 'object'),
      listsBefore: listsIn(kind, 'oldObject'),
      isChanged: 'variables.lists != variables.listsBefore',
      hasTooMany: `variables.isChanged && ${countIn(kind, 'variables.lists')} > ${maxItems}`,
      // Without comparing many addresses, all have to be allowed.
      known: `${countIn(kind, 'variables.listsBefore')} > ${maxItems} ? [] : variables.listsBefore`,
      refused: `
        !variables.isChanged || variables.hasTooMany || ${isFree} ? [] : variables.lists
          .map(item, ${addressesIn('item')}.filter(address,
            !${isIn(kind, 'variables.known')} && !${isWithin('address', `params.spec.${list}`)}))
          .filter(addresses, addresses.size() > 0)`
    },
    rules: {
      ...others,
      count: {
        refuses: `more than ${maxItems} addresses in one object`,
        expression: '!variables.hasTooMany',
        message: `${name} that users write may have ${maxItems} addresses. Use several`
      },
      addresses: {
        refuses: 'an address outside of the networks that the TenantClass lists',
        expression: 'variables.refused.size() == 0',
        message: notAllowed('the endpoint address {variables.refused[0][0]}', list, 'Remove it')
      }
    }
  }
}

export const endpoints = addressGuardrail(ofEndpoints)

const hasNames = "object.addressType == 'FQDN'"

export const endpointSlices = addressGuardrail(ofSlices, hasNames, {
  names: {
    refuses: 'host names instead of addresses',
    expression: `!(${hasNames}) || !variables.isChanged`,
    message: notAllowed('EndpointSlices of the addressType FQDN', list, 'List IP addresses')
  }
})
