import { labels } from '../../api/group.ts'
import { isMemberOf } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { isWithin, notAllowed, workloadParameter } from './parameter.ts'

/** Services reach out of their namespace by their type and by external IPs, which take over traffic in the whole cluster (CVE-2020-8554). */
export function services ({ breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-workloads-services',
    purpose: 'Services have the types and the external IPs that the TenantClass allows.',
    resources: [{ group: '', resources: ['services'], operations: ['CREATE', 'UPDATE'] }],
    inNamespacesWith: labels.tenant,
    conditions: { 'is-no-emergency': `!${isMemberOf(breakGlass)}` },
    variables: {
      type: "has(object.spec.type) ? object.spec.type : 'ClusterIP'",
      typeBefore: "oldObject != null && has(oldObject.spec.type) ? oldObject.spec.type : ''",
      externalIPsBefore: 'oldObject != null && has(oldObject.spec.externalIPs) ? oldObject.spec.externalIPs : []',
      refusedIPs: `
        (has(object.spec.externalIPs) ? object.spec.externalIPs : [])
          .filter(address, !(address in variables.externalIPsBefore) && !${isWithin('address', 'params.spec.services.externalIPs')})`
    },
    rules: [
      {
        id: 'type',
        refuses: 'a Service of a type that the class does not list',
        holds: 'variables.type == variables.typeBefore || variables.type in params.spec.services.types',
        message: notAllowed("'Service type ' + variables.type", 'services.types')
      },
      {
        id: 'external-ips',
        refuses: 'an external IP outside of the networks that the class lists',
        holds: 'variables.refusedIPs.size() == 0',
        message: notAllowed("'the external IP ' + variables.refusedIPs[0]", 'services.externalIPs')
      }
    ],
    parameter: workloadParameter
  }
}
