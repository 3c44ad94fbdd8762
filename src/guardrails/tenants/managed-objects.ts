import { labels } from '../../api/group.ts'
import { garbageCollector, namespaceController, quotaKeepers } from '../actors.ts'
import { annotationsOfBoth, beforeAndNow, hasOurLabel, isMemberOf, labelsOfBoth, namespaceIsTerminating, quoted, sameContent, sameFinalizers, sameOwners, tenantOwnersIn, userIsOneOf } from '../cel.ts'
import { namespacedChildren, statusOfQuotas } from '../resource-rules.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

const remedy = (breakGlass: readonly string[]): string =>
  `Change the Tenant or its TenantClass instead; in an emergency act as a member of ${breakGlass.join(' or ')}`

/** What a Tenant has come to in its namespace is changed by changing the Tenant. */
export function managedObjects ({ engine, breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-managed-objects',
    purpose: 'Roles, bindings, quotas, limits and policies of a tenant are changed by changing its Tenant or its TenantClass, and by no other way.',
    resources: [...namespacedChildren(['UPDATE', 'DELETE']), statusOfQuotas()],
    conditions: {
      'is-managed': `(has(oldObject.metadata.labels) && ${quoted(labels.tenant)} in oldObject.metadata.labels) || ${tenantOwnersIn('oldObject')}.size() > 0`,
      'is-not-the-engine': `!(${userIsOneOf([engine])})`,
      'is-no-emergency': `!${isMemberOf(breakGlass)}`
    },
    variables: {
      ...beforeAndNow,
      ...labelsOfBoth,
      ...annotationsOfBoth,
      isGarbageCollector: userIsOneOf(garbageCollector),
      isNamespaceController: userIsOneOf(namespaceController),
      isRetained: `has(namespaceObject.metadata.labels) && ${quoted(labels.deletionPolicy)} in namespaceObject.metadata.labels`,
      isStatus: "has(request.subResource) && request.subResource == 'status'",
      keepsIsolation: "request.resource.resource in ['networkpolicies', 'workloadpolicies']",
      object: 'request.resource.resource + \' \' + oldObject.metadata.namespace + \'/\' + oldObject.metadata.name'
    },
    rules: [
      {
        id: 'update',
        refuses: 'any change of a managed object; the garbage collector may take ownerReferences and finalizers off',
        holds: `
          request.operation != 'UPDATE' || variables.isStatus || (
            variables.labelsBefore == variables.labelsNow && variables.annotationsBefore == variables.annotationsNow && ${sameContent}
            && (variables.isGarbageCollector || (${sameOwners} && ${sameFinalizers}))
          )`,
        message: { cel: `variables.object + ' is managed by k8s-mtp and not changed by hand. ${remedy(breakGlass)}'` }
      },
      {
        id: 'quota-status',
        refuses: 'changing what a quota counts by: its status is written by Kubernetes alone',
        holds: `
          !variables.isStatus || ${userIsOneOf(quotaKeepers)}
          || (has(variables.before.status) ? has(variables.now.status) && variables.before.status == variables.now.status : !has(variables.now.status))`,
        message: { cel: `'the status of ' + variables.object + ' is written by Kubernetes alone: it is what pods are counted by. ${remedy(breakGlass)}'` }
      },
      {
        id: 'delete',
        refuses: 'deleting a managed object; only the namespace controller and the garbage collector do',
        holds: "request.operation != 'DELETE' || variables.isNamespaceController || variables.isGarbageCollector",
        message: { cel: `variables.object + ' is managed by k8s-mtp and not deleted by hand. ${remedy(breakGlass)}'` }
      },
      {
        id: 'isolation-until-the-end',
        refuses: 'the garbage collector deleting a network policy or the rules for workloads: they go with the namespace, after its last pod',
        holds: "request.operation != 'DELETE' || variables.isNamespaceController || !variables.isGarbageCollector || !variables.keepsIsolation",
        message: { cel: "variables.object + ' isolates what still runs and is deleted by the namespace controller alone, when the last pod has gone'" }
      },
      {
        id: 'retained',
        refuses: 'the garbage collector deleting anything in a namespace whose Tenant has the deletionPolicy Retain, and what has only been labelled as a Tenant\'s',
        holds: `
          request.operation != 'DELETE' || variables.isNamespaceController || !variables.isGarbageCollector || ${namespaceIsTerminating}
          || (${hasOurLabel('variables.labelsBefore')} && !variables.isRetained)`,
        message: { cel: "variables.object + ' is kept: its Tenant had the deletionPolicy Retain, or never made it. k8s-mtp adopt gives it to a Tenant again, k8s-mtp release frees it'" }
      }
    ]
  }
}
