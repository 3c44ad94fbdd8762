import { labels } from '../../api/group.ts'
import { any } from '../../api/workload-policy.ts'
import { isMemberOf, mapIn, quoted } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { isListed, notAllowed, workloadParameter } from './parameter.ts'

/** The annotation that came before the field, and that controllers still obey. */
const annotation = quoted('kubernetes.io/ingress.class')

const classesIn = (object: string) => `
  (${object} != null && has(${object}.spec.ingressClassName) ? [${object}.spec.ingressClassName] : [])
  + (${annotation} in ${mapIn(object, 'annotations')} ? [${object}.metadata.annotations[${annotation}]] : [])`

const list = 'params.spec.ingressClasses'

export function ingresses ({ breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-workloads-ingresses',
    purpose: 'Ingresses name the IngressClasses that the TenantClass allows.',
    resources: [{ group: 'networking.k8s.io', resources: ['ingresses'], operations: ['CREATE', 'UPDATE'] }],
    inNamespacesWith: labels.tenant,
    conditions: { 'is-no-emergency': `!${isMemberOf(breakGlass)}` },
    variables: {
      classes: classesIn('object'),
      classesBefore: classesIn('oldObject'),
      refused: `variables.classes.filter(name, !${isListed('name', list)} && !(name in variables.classesBefore))`
    },
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
