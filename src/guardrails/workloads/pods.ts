import { fieldOf, isSetByRequest } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'
import { podSpecRules, podSpecVariables, priorityRule } from './pod-spec.ts'

/** Checked on the pods of all creators: a pod of a Deployment is refused to its controller. */
export const pods: Guardrail = {
  name: 'k8s-mtp-workloads-pods',
  purpose: 'Pods have only images, nodes, priorities, volumes and sizes that the TenantClass allows, and none are created while the ' +
    'Tenant is cordoned.',
  resources: [
    { group: '', resources: ['pods'], operations: ['CREATE', 'UPDATE'] },
    { group: '', resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] }
  ],
  variables: {
    spec: 'variables.now.spec',
    specBefore: fieldOf('variables.before', 'spec', '{}'),
    ...podSpecVariables
  },
  rules: {
    cordoned: {
      refuses: 'new pods while the Tenant is cordoned',
      expression: "request.operation != 'CREATE' || !params.spec.cordoned",
      message: 'Tenant {params.spec.tenantName} is cordoned: no new pods are admitted. ' +
        'To admit pods, set spec.cordoned of the Tenant to false'
    },
    ...podSpecRules,
    priority: priorityRule(isSetByRequest('priorityClassName'))
  }
}
