import { fieldOf, fieldOr, isSetByRequest, maxItems, quoted } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'
import { isWithin, notAllowed, notEnabled, setField } from './allowed.ts'

const hasSelector = (object: string) => `(${object} != null && has(${object}.spec.selector) && ${object}.spec.selector.size() > 0)`

/** Of the other IP family. A Service may get it in an update. */
const secondaryIPIn = (object: string) => `(${fieldOf(object, 'spec.clusterIPs')}.size() > 1 ? ${object}.spec.clusterIPs[1] : '')`

/** External IPs take over traffic in the whole cluster (CVE-2020-8554). */
export const services: Guardrail = {
  name: 'k8s-mtp-workloads-services',
  purpose: 'Services have only types and addresses that the TenantClass allows.',
  resources: [{ group: '', resources: ['services'], operations: ['CREATE', 'UPDATE'] }],
  variables: {
    type: fieldOr('object.spec.type', quoted('ClusterIP')),
    typeBefore: fieldOf('oldObject', 'spec.type', quoted('')),
    clusterIP: fieldOr('object.spec.clusterIP', quoted('')),
    clusterIPBefore: fieldOf('oldObject', 'spec.clusterIP', quoted('')),
    secondaryIP: secondaryIPIn('object'),
    secondaryIPBefore: secondaryIPIn('oldObject'),
    chosenIP: 'variables.clusterIP == variables.clusterIPBefore ? variables.secondaryIP : variables.clusterIP',
    hasSelector: hasSelector('object'),
    hadSelector: hasSelector('oldObject'),
    balancerIP: fieldOr('object.spec.loadBalancerIP', quoted('')),
    balancerIPBefore: fieldOf('oldObject', 'spec.loadBalancerIP', quoted('')),
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
      message: notAllowed('Service type {variables.type}', 'services.types', setField('spec.type'))
    },
    'load-balancer-node-ports': {
      refuses: 'a Service of type LoadBalancer that would get node ports, if a quota allows none',
      expression: `
        variables.type != 'LoadBalancer' || params.spec.services.allowNodePorts || variables.typeBefore == 'LoadBalancer'
        || (has(object.spec.allocateLoadBalancerNodePorts) && !object.spec.allocateLoadBalancerNodePorts)`,
      message: 'TenantClass {params.spec.className} allows no node ports: services.nodeports of spec.quotas is 0. ' +
        'Set spec.allocateLoadBalancerNodePorts of the Service to false, or change the TenantClass'
    },
    'cluster-ip': {
      refuses: 'a Service that asks for a certain cluster IP',
      expression: `
        params.spec.services.allowChosenClusterIPs || variables.clusterIP in ['', 'None']
        || (variables.clusterIP == variables.clusterIPBefore
        && (variables.secondaryIP == '' || variables.secondaryIP == variables.secondaryIPBefore))
        || !(${isSetByRequest('clusterIP')} || ${isSetByRequest('clusterIPs')})`,
      message: notEnabled(
        'spec.clusterIP {variables.chosenIP}', 'services.allowChosenClusterIPs', 'Remove spec.clusterIP and spec.clusterIPs'
      )
    },
    'load-balancer-ip': {
      refuses: 'a Service that asks for an address of a load balancer outside of the networks that the TenantClass lists',
      expression: `
        variables.balancerIP == '' || variables.balancerIP == variables.balancerIPBefore
        || ${isWithin('variables.balancerIP', 'params.spec.services.externalIPs')}`,
      message: notAllowed('spec.loadBalancerIP {variables.balancerIP}', 'services.externalIPs', 'Remove spec.loadBalancerIP')
    },
    'external-ip-count': {
      refuses: `more than ${maxItems} external IPs`,
      expression: '!variables.hasTooManyIPs',
      message: `a Service may have ${maxItems} external IPs. Use several Services`
    },
    'external-ips': {
      refuses: 'an external IP outside of the networks that the TenantClass lists',
      expression: 'variables.refusedIPs.size() == 0',
      message: notAllowed(
        'the external IP {variables.refusedIPs[0]}', 'services.externalIPs', 'Remove it from spec.externalIPs'
      )
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
