import { group } from '../../api/group.ts'
import { fieldOf, isOwnedByItsTenant, sameContent, sameFieldOwner } from '../cel.ts'
import { exceptBreakGlass, exceptEngine, inEmergency } from '../conditions.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { tenantNamespaceObjects } from '../resource-rules.ts'

const onlyRemoves = (field: string): string =>
  `${fieldOf('variables.now', `metadata.${field}`)}.all(item, item in ${fieldOf('variables.before', `metadata.${field}`)})`

/** A TenantNamespace stands for a namespace with its data. */
export function tenantNamespaceGuardrail (parties: Parties): Guardrail {
  const remedy = `Change spec.namespaces of the Tenant; ${inEmergency(parties)}`
  return {
    name: 'k8s-mtp-tenant-namespace-objects',
    purpose: 'TenantNamespaces change only with their Tenant, and are deleted only after it.',
    resources: [
      tenantNamespaceObjects(['CREATE', 'UPDATE', 'DELETE']),
      { group, resources: ['tenantnamespaces/status'], operations: ['UPDATE'] }
    ],
    conditions: { ...exceptEngine(parties), ...exceptBreakGlass(parties) },
    variables: {
      isCollected: `
        variables.isExemptGarbageCollector && request.operation == 'UPDATE' && (!has(request.subResource) || request.subResource == '')
        && variables.labelsBefore == variables.labelsNow && variables.annotationsBefore == variables.annotationsNow
        && ${sameContent} && ${sameFieldOwner} && ${onlyRemoves('ownerReferences')} && ${onlyRemoves('finalizers')}`
    },
    rules: {
      write: {
        refuses: 'creating or changing a TenantNamespace; the garbage collector may remove its owner and finalizers',
        expression: "request.operation == 'DELETE' || variables.isCollected",
        message: `TenantNamespace {variables.name} is managed by k8s-mtp and cannot be written by hand. ${remedy}`
      },
      delete: {
        refuses: 'deleting a TenantNamespace, and its namespace with it; the garbage collector may, for its Tenant',
        expression: `request.operation != 'DELETE' || (variables.isExemptGarbageCollector && ${isOwnedByItsTenant})`,
        message: 'deleting TenantNamespace {variables.name} deletes its namespace with all data. To keep it, remove its entry from ' +
          `spec.namespaces; to delete it, ${inEmergency(parties).replace('in an emergency, ', '')}`
      }
    }
  }
}
