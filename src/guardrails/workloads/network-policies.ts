import { labels, namespaceNameLabel, narrowedAnnotation } from '../../api/group.ts'
import { fieldOr, maxItems, quoted, sameValue } from '../cel.ts'
import { exceptEngine } from '../conditions.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { write } from '../resource-rules.ts'
import { authorVariables } from '../tenants/unmanaged-objects.ts'

export const networkPolicyWrites: Guardrail['resources'] =
  [{ group: 'networking.k8s.io', resources: ['networkpolicies'], operations: write }]

export interface Direction {
  name: 'ingress' | 'egress'
  /** The field of a rule with its peers. */
  peers: 'from' | 'to'
}
export const directions: readonly Direction[] = [{ name: 'ingress', peers: 'from' }, { name: 'egress', peers: 'to' }]

export const rulesOf = ({ name }: Direction, object = 'object'): string => fieldOr(`${object}.spec.${name}`)

/** True where the class has self-service, for authors without exemption. Needs `authorVariables`. */
export const isOfMember = "!variables.isAllowedAuthor && 'networkPolicies' in variables.selfService"

/** True for a rule that allows all networks. */
export const hasNoPeers = ({ peers }: Direction, rule: string): string => `(!has(${rule}.${peers}) || ${rule}.${peers}.size() == 0)`

/** Peers outside of the Tenant, and ports of their rules: each is compared with each of the class. */
const maxOutside = 16

/** The values of which a selector requires one, for each of its requirements on a label. */
const requiredValues = (selector: string, label: string): string => `
  ((has(${selector}.matchLabels) && ${quoted(label)} in ${selector}.matchLabels ? [[${selector}.matchLabels[${quoted(label)}]]] : [])
  + ${fieldOr(`${selector}.matchExpressions`)}.filter(each, each.key == ${quoted(label)} && each.operator == 'In').map(each, each.values))`

const requires = (selector: string, label: string, value: string): string =>
  `${requiredValues(selector, label)}.exists(values, values.all(each, each == ${value}))`

/** Other requirements only select less. Labels of the API server and of k8s-mtp are the ones that a tenant cannot set. */
const isOfTenant = (peer: string): string => `
  (!has(${peer}.ipBlock) && (!has(${peer}.namespaceSelector)
  || ${requires(`${peer}.namespaceSelector`, labels.tenant, 'params.spec.tenantName')}
  || ${requires(`${peer}.namespaceSelector`, namespaceNameLabel, 'request.namespace')}))`

const hasPodLabels = (peer: string, podLabels: string): string => `
  ${podLabels}.all(key, has(${peer}.podSelector) && has(${peer}.podSelector.matchLabels) && key in ${peer}.podSelector.matchLabels
  && ${peer}.podSelector.matchLabels[key] == ${podLabels}[key])`

const isOutside = (network: string, block: string): string => `
  (!(cidr(${network}).containsCIDR(${block}.cidr) || cidr(${block}.cidr).containsCIDR(${network}))
  || ${fieldOr(`${block}.except`)}.exists(inner, isCIDR(inner) && cidr(inner).containsCIDR(${network})))`

const isWithinPeer = (peer: string, allowed: string): string => `
  (has(${peer}.ipBlock)
  ? ${allowed}.cidr != '' && isCIDR(${peer}.ipBlock.cidr) && cidr(${allowed}.cidr).containsCIDR(${peer}.ipBlock.cidr)
    && ${allowed}.except.all(network, ${isOutside('network', `${peer}.ipBlock`)})
  : ${allowed}.namespace != '' && ${requires(`${peer}.namespaceSelector`, namespaceNameLabel, `${allowed}.namespace`)}
    && ${hasPodLabels(peer, `${allowed}.podLabels`)})`

/** A named port can have any number. */
const isWithinPorts = (ports: string, allowed: string): string => `
  (${allowed}.size() == 0 || (${ports}.size() > 0 && ${ports}.all(own, has(own.port) && type(own.port) == int
  && ${allowed}.exists(range, range.protocol == (has(own.protocol) ? own.protocol : 'TCP')
  && own.port >= range.port && (has(own.endPort) ? own.endPort : own.port) <= range.endPort))))`

const pathOf = ({ name }: Direction): string => `'spec.${name}[' + string(index) + ']'`

const outsideIn = (direction: Direction): string => `
  dyn(${rulesOf(direction, 'variables.now')}.transformList(index, rule, {
    'ports': dyn(${fieldOr('rule.ports')}),
    'allowed': dyn(params.spec.networkPolicies.${direction.name}),
    'peers': dyn(${fieldOr(`rule.${direction.peers}`)}.transformList(place, peer, !${isOfTenant('peer')}, {
      'peer': dyn(peer), 'path': dyn(${pathOf(direction)} + '.${direction.peers}[' + string(place) + ']')
    }))
  }).filter(rule, rule.peers.size() > 0))`

const withoutPeersIn = (direction: Direction): string => `
  ${rulesOf(direction, 'variables.now')}.transformList(index, rule, ${hasNoPeers(direction, 'rule')},
    ${pathOf(direction)} + '.${direction.peers}')`

const countIn = (direction: Direction): string => {
  const rules = rulesOf(direction, 'variables.now')
  return `(${rules}.size() > ${maxItems} ? ${rules}.size() : ${rules}.map(rule, 1 + ${fieldOr(`rule.${direction.peers}`)}.size()).sum())`
}

/** `kube-system (k8s-app=kube-dns), 10.0.0.0/8 on TCP 443` */
const describedRule = (rule: string): string => `
  ${rule}.peers.map(peer, peer.cidr != '' ? peer.cidr + (peer.except.size() == 0 ? '' : ' except ' + peer.except.join(' '))
    : 'namespace ' + peer.namespace + (peer.podLabels.size() == 0 ? ''
    : ' (' + peer.podLabels.map(key, key + '=' + peer.podLabels[key]).join(' ') + ')')).join(' or ')
  + (${rule}.ports.size() == 0 ? '' : ' on ' + ${rule}.ports.map(range, range.protocol + ' ' + string(range.port)
    + (range.endPort == range.port ? '' : '-' + string(range.endPort))).join(' '))`

const described = (list: string): string => `
  (${list}.size() == 0 ? 'none' : ${list}.size() > 8 ? 'those of WorkloadPolicy tenant-workloads'
  : ${list}.map(rule, ${describedRule('rule')}).join(', '))`

const class_ = 'TenantClass {params.spec.className}'
const ownPods = '{podSelector: \\{}}'

/**
 * NetworkPolicies add up: what one allows, no other can deny. Those of members allow nothing that the class does not, except between pods
 * of the Tenant. unmanaged-objects.ts refuses them where the class has no self-service.
 */
export const networkPolicies = (parties: Parties): Guardrail => ({
  name: 'k8s-mtp-workloads-network-policies',
  purpose: 'NetworkPolicies of members allow only traffic within the Tenant, or that the TenantClass allows.',
  resources: networkPolicyWrites,
  // Isolation does not wait for the WorkloadPolicy. reserved-metadata.ts refuses the label to others.
  exceptLabel: labels.tenant,
  conditions: exceptEngine(parties),
  variables: {
    ...authorVariables,
    isChecked: `
      ${isOfMember}
      && (request.operation == 'CREATE' || !(${sameValue('spec', '{}')}))`,
    hasTooMany: `variables.isChecked && (${directions.map(countIn).join(' + ')}) > ${maxItems}`,
    isCounted: 'variables.isChecked && !variables.hasTooMany',
    withoutPeers: `variables.isCounted ? ${directions.map(withoutPeersIn).join(' + ')} : []`,
    outside: `variables.isCounted ? ${directions.map(outsideIn).join(' + ')} : []`,
    hasTooManyOutside: ['ports', 'peers'].map(field =>
      `variables.outside.map(rule, rule.${field}.size()).sum() > ${maxOutside}`).join(' || '),
    // Of each rule with peers outside, what the class allows on its ports.
    allowed: `
      variables.hasTooManyOutside ? [] : variables.outside.map(rule, rule.allowed.filter(traffic,
        ${isWithinPorts('rule.ports', 'traffic.ports')}))`,
    refused: `
      variables.hasTooManyOutside ? [] : variables.outside.transformList(index, rule, rule.peers.filter(item,
        !variables.allowed[index].exists(traffic, traffic.peers.exists(known, ${isWithinPeer('item.peer', 'known')})))
        .map(item, item.path)).flatten()`,
    allowedTraffic: `
      variables.refused.size() == 0 ? '' : string(variables.refused[0]).startsWith('spec.ingress')
      ? ${described('params.spec.networkPolicies.ingress')} : ${described('params.spec.networkPolicies.egress')}`
  },
  rules: {
    count: {
      refuses: `more than ${maxItems} rules and peers in a NetworkPolicy of a member`,
      expression: '!variables.hasTooMany',
      message: `a NetworkPolicy may have ${maxItems} rules and peers. Use several`
    },
    'without-peers': {
      refuses: 'a rule without peers, which allows all networks, where it is not narrowed',
      expression: 'variables.withoutPeers.size() == 0',
      message: `${class_} does not allow rules without peers, which open all networks: spec.selfService.networkPolicies.ruleWithoutPeers ` +
        "narrows them{(params.spec.networkPolicies.narrow ? ' from Kubernetes 1.36 on' : ' if it is Narrow')}. " +
        `Set {variables.withoutPeers.join(' and ')} to [${ownPods}], or change the TenantClass`
    },
    'outside-count': {
      refuses: `more than ${maxOutside} peers outside of the Tenant, or ports in rules with them`,
      expression: '!variables.hasTooManyOutside',
      message: `a NetworkPolicy may have ${maxOutside} peers outside of the Tenant, and ${maxOutside} ports in rules with them. Use several`
    },
    peers: {
      refuses: 'a peer that is neither the Tenant nor within the traffic that the TenantClass allows: by another label than ' +
        `${namespaceNameLabel} of a namespace, outside of its networks, on other ports or on a named one`,
      expression: 'variables.refused.size() == 0',
      message: `${class_} does not allow such peers outside of the Tenant: spec.network lists {variables.allowedTraffic}. ` +
        `Set {variables.refused.join(' and ')} to ${ownPods}, or to a listed peer on its ports, or change the TenantClass`
    }
  }
})

/** A changed NetworkPolicy may allow less than its author expects. */
export const narrowedNetworkPolicies: Guardrail = {
  name: 'k8s-mtp-workloads-narrowed-network-policies',
  purpose: 'Authors of NetworkPolicies know which rules were narrowed to their namespace.',
  action: 'Warn',
  resources: networkPolicyWrites,
  // Those of k8s-mtp, without a look at the WorkloadPolicy.
  exceptLabel: labels.tenant,
  variables: { narrowed: `variables.annotationsNow[?${quoted(narrowedAnnotation)}].orValue('')` },
  rules: {
    narrowed: {
      refuses: 'rules without peers, which were narrowed to the pods of the namespace',
      expression: `variables.narrowed == '' || (request.operation == 'UPDATE' && ${sameValue('spec', '{}')})`,
      message: '{variables.object} allows only traffic within its namespace where a rule of {variables.narrowed} has no peers: ' +
        `TenantClass {params.spec.className} decides on other traffic. Set from or to of these rules to [${ownPods}] to say so`
    }
  }
}
