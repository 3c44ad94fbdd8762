import { workloadControllers } from '../actors.ts'
import { isExemptController, podSpecIn } from '../cel.ts'
import type { Guardrail, ResourceRule, Rule } from '../guardrail.ts'
import { write } from '../resource-rules.ts'
import { podSecurityRule, podSecurityVariables } from './pod-security.ts'
import { podSpecRules, podSpecVariables, priorityRule } from './pod-spec.ts'

const variables = {
  spec: podSpecIn('variables.now'),
  specBefore: `variables.before != null ? ${podSpecIn('variables.before')} : {}`
}

const daemonSets: ResourceRule = { group: 'apps', resources: ['daemonsets'], operations: write }

function ofTemplate ({ message, ...rule }: Rule): Rule {
  return { ...rule, message: `pods of {variables.object} will be refused: ${message}` }
}

/** A nodeSelector that is filled in is not missing. The template of a DaemonSet needs it: another policy refuses it. */
const templateRules = {
  ...podSpecRules,
  'node-selector': {
    ...podSpecRules['node-selector'] as Rule,
    when: '(params.spec.pods.defaults.nodeSelector.size() == 0)'
  }
}

/**
 * A workload is admitted, and its pods are refused to its controller, unseen by the author, who gets a warning instead. A template that
 * does not change gets none, and one that does is checked as a new one.
 */
export const podTemplates: Guardrail = {
  name: 'k8s-mtp-workloads-templates',
  purpose: 'The author of a workload is warned if its pods will be refused.',
  action: 'Warn',
  resources: [
    daemonSets,
    { group: 'apps', resources: ['deployments', 'replicasets', 'statefulsets'], operations: write },
    { group: 'batch', resources: ['jobs', 'cronjobs'], operations: write },
    { group: '', resources: ['replicationcontrollers'], operations: write }
  ],
  conditions: {
    'is-no-controller': { expression: `!${isExemptController(workloadControllers)}`, exempts: 'the workload controllers of Kubernetes' }
  },
  variables: {
    ...variables,
    specBefore: `variables.before != null && ${variables.spec} == ${podSpecIn('variables.before')} ? variables.spec : {}`,
    ...podSpecVariables,
    ...podSecurityVariables
  },
  rules: Object.fromEntries(Object.entries({ ...templateRules, priority: priorityRule('true'), 'pod-security': podSecurityRule })
    .map(([id, rule]) => [id, ofTemplate(rule)]))
}

/** Its controller creates a pod for each node that fits the template, again and again. */
export const daemonSetTemplates: Guardrail = {
  name: 'k8s-mtp-workloads-daemonsets',
  purpose: 'DaemonSets have the nodeSelector that the TenantClass requires.',
  resources: [daemonSets],
  variables: { ...variables, ...podSpecVariables },
  rules: {
    'node-selector': {
      ...podSpecRules['node-selector'] as Rule,
      refuses: 'a DaemonSet whose pods do not have the nodeSelector that the TenantClass requires'
    }
  }
}
