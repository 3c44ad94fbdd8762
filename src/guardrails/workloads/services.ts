import { labels } from '../../api/group.ts'
import { isMemberOf } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { isWithin, notAllowed, workloadParameter } from './parameter.ts'

const hasSelector = (object: string) => `(${object} != null && has(${object}.spec.selector) && ${object}.spec.selector.size() > 0)`

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
      hasSelector: hasSelector('object'),
      hadSelector: hasSelector('oldObject'),
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
      },
      {
        id: 'selector',
        refuses: 'taking the selector off a Service: nobody keeps its addresses up to date then, and that of a pod that has gone may be another tenant\'s next',
        holds: 'variables.hasSelector || !variables.hadSelector',
        message: { cel: "'Service ' + object.metadata.name + ' keeps a selector: without one it would lead to addresses that its pods once had. Delete it and make another one'" }
      },
      {
        id: 'no-selector',
        refuses: 'a Service without a selector where the class lets nobody direct traffic by hand: it could only take over addresses that another one has left behind',
        holds: `
          variables.hasSelector || params.spec.endpoints.addresses.size() > 0 || variables.type == 'ExternalName'
          || (oldObject != null && variables.typeBefore != 'ExternalName')`,
        message: notAllowed("'a Service without spec.selector'", 'endpoints.addresses')
      }
    ],
    parameter: workloadParameter
  }
}
