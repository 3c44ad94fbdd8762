import { labels } from '../../api/group.ts'
import {
  hasTenantLabel, namespaceIsTerminating, quoted, sameContent, sameFieldOwner, sameFieldOwners, sameFinalizers, sameGenerateName,
  sameOwners, sameStatus
} from '../cel.ts'
import { inEmergency } from '../conditions.ts'
import type { GuardrailPart, Parties } from '../guardrail.ts'
import { namespacedChildren, quotaStatus } from '../resource-rules.ts'

/** True for an object that was managed before the request. */
export const isManaged = `${hasTenantLabel('variables.labelsBefore')} || variables.tenantOwnersBefore.size() > 0`

export function managedObjects (parties: Parties): GuardrailPart {
  const remedy = `Change the Tenant or its TenantClass; ${inEmergency(parties)}`
  return {
    purpose: 'The Roles, RoleBindings, quotas, limits and policies of a Tenant change only through the Tenant or its TenantClass.',
    resources: [...namespacedChildren(['UPDATE', 'DELETE']), quotaStatus],
    condition: { expression: isManaged, appliesTo: `objects with the label ${labels.tenant} or an ownerReference to a Tenant` },
    variables: {
      isRetained: `has(namespaceObject.metadata.labels) && ${quoted(labels.deletionPolicy)} in namespaceObject.metadata.labels`,
      isStatus: "has(request.subResource) && request.subResource == 'status'",
      isIsolation: "request.resource.resource in ['networkpolicies', 'workloadpolicies']"
    },
    rules: {
      update: {
        refuses: 'any change to a managed object; the garbage collector may change ownerReferences and finalizers',
        expression: `
          request.operation != 'UPDATE' || (
            variables.labelsBefore == variables.labelsNow && variables.annotationsBefore == variables.annotationsNow
            && (variables.isStatus || (${sameContent})) && ${sameGenerateName}
            && (variables.isExemptGarbageCollector || (${sameOwners} && ${sameFinalizers}))
          )`,
        message: `{variables.object} is managed by k8s-mtp and cannot be changed by hand. ${remedy}`
      },
      'quota-status': {
        refuses: 'changing the status of a quota, which Kubernetes enforces the quota by',
        expression: `!variables.isStatus || ${sameStatus}`,
        message: `the status of {variables.object} is written by Kubernetes only. ${remedy}`
      },
      'field-owners': {
        refuses: 'changing the field ownership in metadata.managedFields of a managed object, which decides what Metacontroller removes; ' +
          'the garbage collector may change its own',
        expression: `
          request.operation != 'UPDATE' || ${sameFieldOwners}
          || (variables.isExemptGarbageCollector && ${sameFieldOwner})`,
        message: `metadata.managedFields of {variables.object} must stay as before. ${remedy}`
      },
      delete: {
        refuses: 'deleting a managed object; the namespace controller and the garbage collector may',
        expression: "request.operation != 'DELETE' || variables.isNamespaceController || variables.isExemptGarbageCollector",
        message: `{variables.object} is managed by k8s-mtp and cannot be deleted by hand. ${remedy}`
      },
      isolation: {
        refuses: 'the garbage collector deleting a NetworkPolicy or the WorkloadPolicy: they are deleted with the namespace, ' +
          'after its last pod',
        expression: `
          request.operation != 'DELETE' || variables.isNamespaceController || !variables.isGarbageCollector || !variables.isIsolation`,
        message: '{variables.object} isolates pods that may still run. Wait for the namespace controller to delete it, after the last pod'
      },
      retained: {
        refuses: 'the garbage collector deleting an object in a namespace with deletionPolicy Retain, ' +
          `or an object without the label ${labels.tenant}`,
        expression: `
          request.operation != 'DELETE' || variables.isNamespaceController || !variables.isGarbageCollector || ${namespaceIsTerminating}
          || (${hasTenantLabel('variables.labelsBefore')} && !variables.isRetained)`,
        message: '{variables.object} is retained: its Tenant had deletionPolicy Retain, or did not create it. ' +
          'Give it to a Tenant with k8s-mtp adopt, or free it with k8s-mtp release'
      }
    }
  }
}
