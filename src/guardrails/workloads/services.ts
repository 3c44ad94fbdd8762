import { fieldOf, fieldOr, maxItems, quoted } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'
import { isWithin, notAllowed } from './allowed.ts'

const hasSelector = (object: string) => `(${object} != null && has(${object}.spec.selector) && ${object}.spec.selector.size() > 0)`

/** External IPs take over traffic in the whole cluster (CVE-2020-8554). */
export const services: Guardrail = {
  name: 'k8s-mtp-workloads-services',
  purpose: 'Services have only types and external IPs that the TenantClass allows.',
  resources: [{ group: '', resources: ['services'], operations: ['CREATE', 'UPDATE'] }],
  variables: {
    type: fieldOr('object.spec.type', quoted('ClusterIP')),
    typeBefore: fieldOf('oldObject', 'spec.type', quoted('')),
    hasSelector: hasSelector('object'),
    hadSelector: hasSelector('oldObject'),
    externalIPs: fieldOr('object.spec.externalIPs'),
    externalIPsBefore: fieldOf('oldObject', 'spec.externalIPs'),
    // Without comparing many addresses, all have to be allowed.
    knownIPs: `variables.externalIPsBefore.size() > ${maxItems} ? [] : variables.externalIPsBefore`,
    hasTooManyIPs: `variables.externalIPs.size() > ${maxItems} && variables.externalIPs != variables.externalIPsBefore`,
    refusedIPs: `
      variables.hasTooManyIPs || variables.externalIPs == variables.externalIPsBefore ? [] : variables.externalIPs.filter(
        address, !(address in variables.knownIPs) && !${isWithin('address', 'params.spec.services.externalIPs')})`
  },
  rules: {
    type: {
      refuses: 'a Service of a type that the TenantClass does not list',
      expression: 'variables.type == variables.typeBefore || variables.type in params.spec.services.types',
      message: notAllowed('Service type {variables.type}', 'services.types')
    },
    'external-ip-count': {
      refuses: `more than ${maxItems} external IPs`,
      expression: '!variables.hasTooManyIPs',
      message: `a Service may have ${maxItems} external IPs. Use several Services`
    },
    'external-ips': {
      refuses: 'an external IP outside of the networks that the TenantClass lists',
      expression: 'variables.refusedIPs.size() == 0',
      message: notAllowed('the external IP {variables.refusedIPs[0]}', 'services.externalIPs')
    },
    selector: {
      refuses: "removing the selector of a Service: the addresses of deleted pods stay, and may later be those of another Tenant's pods",
      expression: 'variables.hasSelector || !variables.hadSelector',
      message: 'the selector of Service {object.metadata.name} cannot be removed: it would keep routing to addresses of former pods. ' +
        'Delete the Service and create a new one'
    },
    'no-selector': {
      refuses: 'a Service without a selector if the TenantClass lists no endpoint addresses: it could only take over addresses ' +
        'that another Service left behind',
      expression: `
        variables.hasSelector || params.spec.endpoints.addresses.size() > 0 || variables.type == 'ExternalName'
        || (oldObject != null && variables.typeBefore != 'ExternalName')`,
      message: notAllowed('a Service without spec.selector', 'endpoints.addresses', 'Set spec.selector')
    }
  }
}
