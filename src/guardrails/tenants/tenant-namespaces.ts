import { labels, ownershipLabel } from '../../api/group.ts'
import { hasTenantLabel, isOwnedByItsTenant, quoted, tenantLabel, userIsOneOf } from '../cel.ts'
import { exceptBreakGlass, inEmergency } from '../conditions.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { namespaces, namespaceSubresources } from '../resource-rules.ts'

/** Writes to these namespaces are guarded elsewhere. */
export function tenantNamespaces (parties: Parties): Guardrail {
  return {
    name: 'k8s-mtp-tenant-namespaces',
    purpose: 'The namespace of a Tenant is deleted only with its Tenant, and no other namespace is deleted on behalf of a Tenant.',
    resources: [namespaces(['DELETE']), namespaceSubresources],
    conditions: exceptBreakGlass(parties),
    variables: {
      isEngine: userIsOneOf([parties.engine]),
      isTenantNamespace: hasTenantLabel('variables.labelsBefore'),
      isOwnedByTenant: 'variables.tenantOwnersBefore.size() > 0',
      isRetained: `${quoted(labels.deletionPolicy)} in variables.labelsBefore`
    },
    rules: {
      delete: {
        refuses: 'deleting the namespace of a Tenant by hand',
        expression: `
          request.operation != 'DELETE' || !variables.isTenantNamespace || variables.isEngine || variables.isExemptGarbageCollector
          || variables.isNamespaceController`,
        message: `namespace {oldObject.metadata.name} belongs to Tenant {variables.labelsBefore[${tenantLabel}]} ` +
          'and is deleted only with it. ' +
          `Delete the Tenant, or free the namespace first with k8s-mtp release; ${inEmergency(parties)}`
      },
      'delete-by-engine': {
        refuses: 'Metacontroller deleting any namespace, whatever the hook or an impostor returns',
        expression: "request.operation != 'DELETE' || !variables.isEngine",
        message: 'Metacontroller may not delete namespace {oldObject.metadata.name}. Check why the response of the hook lacks it'
      },
      unmanaged: {
        refuses: 'the garbage collector deleting a namespace that a Tenant owns but did not create',
        expression: `
          request.operation != 'DELETE' || !variables.isGarbageCollector || !variables.isOwnedByTenant || variables.isTenantNamespace`,
        message: 'namespace {oldObject.metadata.name} has an ownerReference to a Tenant that did not create it, so it is kept. ' +
          'Remove the ownerReference'
      },
      // The garbage collector deletes an object without an existing owner. Only the Tenant of the labels is one.
      owner: {
        refuses: 'the garbage collector deleting the namespace of a Tenant on behalf of any other owner',
        expression: `
          request.operation != 'DELETE' || !variables.isGarbageCollector || !variables.isTenantNamespace || ${isOwnedByItsTenant}`,
        message: 'namespace {oldObject.metadata.name} is kept: its owner is not the Tenant in its labels ' +
          `${ownershipLabel} and ${labels.tenant}. Give it to a Tenant with k8s-mtp adopt, or free it with k8s-mtp release`
      },
      retained: {
        refuses: 'the garbage collector deleting a namespace whose Tenant has deletionPolicy Retain',
        expression: "request.operation != 'DELETE' || !variables.isGarbageCollector || !variables.isRetained",
        message: 'namespace {oldObject.metadata.name} is retained: its Tenant had deletionPolicy Retain. ' +
          'Give it to a Tenant with k8s-mtp adopt, or free it with k8s-mtp release'
      },
      subresources: {
        refuses: 'writing the status or the finalizers of the namespace of a Tenant; the namespace controller may',
        expression: `
          request.operation != 'UPDATE' || !(variables.isTenantNamespace || variables.isOwnedByTenant)
          || variables.isNamespaceController`,
        message: 'the {request.subResource} of namespace {oldObject.metadata.name} is written by the namespace controller only. ' +
          'Wait for it to empty the namespace'
      }
    }
  }
}
