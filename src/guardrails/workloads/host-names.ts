import { fieldOf, fieldOr, maxItems } from '../cel.ts'
import type { Guardrail, ResourceRule, Rule } from '../guardrail.ts'
import { write } from '../resource-rules.ts'
import { allowsAny, isHostIn, isListed, notAllowed, notEnabled, setField } from './allowed.ts'

const list = 'params.spec.hostNames'
/** The Gateway API. Source: https://gateway-api.sigs.k8s.io/reference/spec/ */
export const routeResources: ResourceRule[] = [
  {
    group: 'gateway.networking.k8s.io',
    resources: ['gateways', 'listenersets', 'httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes', 'udproutes'],
    operations: write
  },
  { group: 'gateway.networking.x-k8s.io', resources: ['xlistenersets'], operations: write }
]

/**
 * Variables for the host names of an object, in lists, as long as their sources are. Of too many, none are read: if a source has
 * changed, they are refused, and else they stay.
 */
function hostNames (sourcesIn: (object: string) => string[], hostsIn: (object: string) => string): Record<string, string> {
  const [sources, sourcesBefore] = [sourcesIn('variables.now'), sourcesIn('variables.before')]
  return {
    isUnchanged: `variables.before != null && ${sources.map((source, index) => `${source} == ${sourcesBefore[index]}`).join(' && ')}`,
    hasMany: `${sources.map(source => `${source}.size()`).join(' + ')} > ${maxItems}`,
    hosts: `variables.isUnchanged || variables.hasMany ? [[]] : ${hostsIn('variables.now')}`,
    hasTooManyHosts: `
      !variables.isUnchanged && (variables.hasMany || variables.hosts.map(hosts, hosts.size()).sum() > ${maxItems})`,
    hostsBefore: `
      variables.before == null || ${sourcesBefore.map(source => `${source}.size()`).join(' + ')} > ${maxItems} ? [[]]
      : ${hostsIn('variables.before')}.filter(hosts, hosts.size() <= ${maxItems})`,
    refusedHosts: `
      variables.hasTooManyHosts ? [] : variables.hosts.map(hosts, hosts.filter(host,
        !${isHostIn('host', list)} && !variables.hostsBefore.exists(known, host in known))).filter(hosts, hosts.size() > 0)`
  }
}

const hostRules: Record<string, Rule> = {
  'host-count': {
    refuses: `more than ${maxItems} host names`,
    expression: '!variables.hasTooManyHosts',
    message: `{variables.object} may have ${maxItems} host names. Use several objects`
  },
  host: {
    refuses: 'a host name that the TenantClass does not list',
    expression: 'variables.refusedHosts.size() == 0',
    message: notAllowed('the host name {variables.refusedHosts[0][0]}', 'hostNames', 'Use a name that fits')
  }
}

const rulesOf = (object: string) => fieldOr(`${object}.spec.rules`)
export const isForAllHosts = (object: string) => `
  (has(${object}.spec.defaultBackend) || ${rulesOf(object)}.exists(rule, !has(rule.host) || rule.host == ''))`

/** Also those of its certificates: a controller serves them for all Ingresses, or requests them. */
export const hostsOfIngress = (object: string) => `
  ([${rulesOf(object)}.filter(rule, has(rule.host) && rule.host != '').map(rule, rule.host)]
  + ${fieldOr(`${object}.spec.tls`)}.map(each, ${fieldOr('each.hosts')}))`

/** Names of IngressClasses and hosts. */
export const ingressHosts = {
  variables: hostNames(object => [rulesOf(object), fieldOr(`${object}.spec.tls`)], hostsOfIngress),
  rules: {
    ...hostRules,
    'every-host': {
      refuses: 'an Ingress for all host names, by a rule without a host or by a default backend, if the TenantClass lists some',
      expression: `
        ${allowsAny(list)} || variables.hasMany || !${isForAllHosts('variables.now')}
        || (variables.before != null && ${rulesOf('variables.before')}.size() <= ${maxItems} && ${isForAllHosts('variables.before')})`,
      message: notAllowed('an Ingress for all host names', 'hostNames', 'Set a host in each rule and remove spec.defaultBackend')
    }
  } satisfies Record<string, Rule>
}

const hasListeners = "request.resource.resource in ['gateways', 'listenersets', 'xlistenersets']"
const hasPort = "request.resource.resource in ['tcproutes', 'udproutes']"

/** Listeners, each with its host name or none. */
const listenersOf = (object: string) => fieldOf(object, 'spec.listeners')
const hostsOfRoute = (object: string) => `
  [${hasListeners} ? ${listenersOf(object)}.filter(each, has(each.hostname)).map(each, each.hostname)
  : ${fieldOf(object, 'spec.hostnames')}]`
const namesNoHost = (object: string) => `
  (${hasListeners} ? ${listenersOf(object)}.exists(each, (!has(each.hostname) || each.hostname == '')
  && !(params.spec.allowRoutesWithoutHostNames && each.protocol in ['TCP', 'UDP']))
  : ${fieldOf(object, 'spec.hostnames')}.size() == 0)`

/** Routes of the Gateway API, where it is installed. A route without host names has all those of its Gateway. */
export const routes: Guardrail = {
  name: 'k8s-mtp-workloads-routes',
  purpose: 'Routes and Gateways of the Gateway API have only host names and classes that the TenantClass allows.',
  resources: routeResources,
  variables: {
    ...hostNames(object => [listenersOf(object), fieldOf(object, 'spec.hostnames')], hostsOfRoute),
    gatewayClass: `request.resource.resource == 'gateways' ? ${fieldOf('variables.now', 'spec.gatewayClassName', "''")} : ''`,
    gatewayClassBefore: fieldOf('variables.before', 'spec.gatewayClassName', "''")
  },
  rules: {
    ...hostRules,
    'every-host': {
      refuses: 'a route or listener without host names if the TenantClass lists some',
      expression: `
        ${hasPort} || ${allowsAny(list)} || variables.hasMany || !${namesNoHost('variables.now')}
        || (variables.before != null && ${namesNoHost('variables.before')})`,
      message: notAllowed('{variables.object} for all host names', 'hostNames', 'Set host names')
    },
    port: {
      refuses: 'a TCPRoute or UDPRoute, unless the TenantClass allows them',
      expression: `!(${hasPort}) || params.spec.allowRoutesWithoutHostNames || variables.before != null`,
      message: notEnabled('a route without host names', 'allowRoutesWithoutHostNames', 'Use a route of another kind')
    },
    class: {
      refuses: 'a GatewayClass that the TenantClass does not list',
      expression: `
        variables.gatewayClass == '' || variables.gatewayClass == variables.gatewayClassBefore
        || ${isListed('variables.gatewayClass', 'params.spec.gatewayClasses')}`,
      message: notAllowed('the GatewayClass {variables.gatewayClass}', 'gatewayClasses', setField('spec.gatewayClassName'))
    }
  }
}
