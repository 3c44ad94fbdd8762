import { labels } from '../../api/group.ts'
import { any } from '../../api/workload-policy.ts'
import { isMemberOf, quoted } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { namedClasses } from './named-classes.ts'
import { notAllowed, workloadParameter } from './parameter.ts'

const list = 'params.spec.ingressClasses'

export function ingresses ({ breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-workloads-ingresses',
    purpose: 'Ingresses name the IngressClasses that the TenantClass allows.',
    resources: [{ group: 'networking.k8s.io', resources: ['ingresses'], operations: ['CREATE', 'UPDATE'] }],
    inNamespacesWith: labels.tenant,
    conditions: { 'is-no-emergency': `!${isMemberOf(breakGlass)}` },
    variables: namedClasses({ field: 'ingressClassName', annotation: 'kubernetes.io/ingress.class', list }),
    rules: [
      {
        id: 'class',
        refuses: 'an IngressClass that the class does not list, in the field or in the old annotation',
        holds: 'variables.refused.size() == 0',
        message: notAllowed("'the IngressClass ' + variables.refused[0]", 'ingressClasses')
      },
      {
        id: 'no-class',
        refuses: 'an Ingress without an IngressClass where the class lists some: any controller could take it',
        holds: `${quoted(any)} in ${list} || variables.classes.size() > 0 || (oldObject != null && variables.classesBefore.size() == 0)`,
        message: notAllowed("'an Ingress without spec.ingressClassName'", 'ingressClasses')
      }
    ],
    parameter: workloadParameter
  }
}
