import { labels, ownershipLabel } from '../../api/group.ts'
import { hasManagedByLabel, hasTenantLabel, sameLabels, tenantLabel, uidLabel } from '../cel.ts'
import type { GuardrailPart } from '../guardrail.ts'
import { tenantNamespaceObjects } from '../resource-rules.ts'
import { checkHook, onlyChangesOwnership } from './engine-cel.ts'

/** The deletion of one is the deletion of its namespace. */
export const engineTenantNamespaces: GuardrailPart = {
  purpose: 'Metacontroller writes TenantNamespaces only for their Tenant, and deletes none.',
  resources: [tenantNamespaceObjects(['CREATE', 'UPDATE', 'DELETE'])],
  variables: { onlyChangesOwnership },
  rules: {
    delete: {
      refuses: 'Metacontroller deleting a TenantNamespace, whatever the hook or an impostor returns',
      expression: "request.operation != 'DELETE'",
      message: 'Metacontroller may not delete a TenantNamespace, and its namespace with it. ' +
        'Check why the response of the hook lacks it'
    },
    names: {
      refuses: 'Metacontroller creating or changing a TenantNamespace that is not named <tenant>.<name>, or lacks the labels of its Tenant',
      expression: `
        request.operation == 'DELETE' || variables.onlyChangesOwnership
        || (${hasTenantLabel('variables.labelsNow')} && ${hasManagedByLabel('variables.labelsNow')}
        && ${uidLabel} in variables.labelsNow && variables.name.startsWith(variables.labelsNow[${tenantLabel}] + '.')
        && !variables.labelsNow[${tenantLabel}].contains('.'))`,
      message: 'Metacontroller may write only TenantNamespaces named <tenant>.<name>, with the labels of the Tenant. ' +
        checkHook
    },
    'other-tenant': {
      refuses: `Metacontroller changing the label ${ownershipLabel} of a TenantNamespace`,
      expression: `request.operation != 'UPDATE' || ${sameLabels(`key == ${uidLabel}`)}`,
      message: `Metacontroller may not move a TenantNamespace to another Tenant. ${checkHook}`
    },
    // After an orphaning deletion, the uid in the label is that of no Tenant: the garbage collector would delete the object.
    owners: {
      refuses: 'Metacontroller creating a TenantNamespace without an owner, or changing the owner of an existing one',
      expression: `
        request.operation == 'CREATE' ? variables.tenantOwnersNow.size() > 0
        : variables.tenantOwnersNow == variables.tenantOwnersBefore`,
      message: 'Metacontroller may not change the owner of a TenantNamespace, and creates none without its Tenant as owner. ' +
        `To give an existing one to a Tenant, set its ownerReference and its labels ${ownershipLabel} and ${labels.tenant} by hand`
    }
  }
}
