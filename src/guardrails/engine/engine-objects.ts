import {
  fieldOf, hasManagedByLabel, hasTenantLabel, namespaceIsTerminating, namespaceLabels, quoted, tenantLabel, uidLabel
} from '../cel.ts'
import type { GuardrailPart } from '../guardrail.ts'
import { namespacedChildren } from '../resource-rules.ts'
import { defaultDenyName, limitRangeName } from '../../tenancy/desired/child-kinds.ts'
import { workloadPolicyName } from '../../tenancy/desired/workload-policy-manifest.ts'
import { anyRole, checkHook, isRoleName, onlyChangesOwnership } from './engine-cel.ts'

const managersBefore = `${fieldOf('variables.before', 'metadata.managedFields')}.map(field, field.manager).join(', ')`

export const engineObjects: GuardrailPart = {
  purpose: 'Metacontroller writes only in namespaces of Tenants, only objects of the Tenant of the namespace, and only under known names.',
  resources: namespacedChildren(['CREATE', 'UPDATE', 'DELETE']),
  variables: {
    onlyChangesOwnership,
    namespaceLabels,
    // A namespace that was given to a Tenant has only the uid until the engine has labelled it.
    // Others get the label of a Tenant only with its ownerReference, which is not in namespaceObject.
    isInTenantNamespace: `
      ${uidLabel} in variables.namespaceLabels
      && (request.namespace.startsWith('tenant-') || ${hasTenantLabel('variables.namespaceLabels')})`,
    changesContent: "request.operation != 'DELETE' && !variables.onlyChangesOwnership"
  },
  rules: {
    namespaces: {
      refuses: 'Metacontroller writing or deleting objects outside of the namespaces of Tenants',
      expression: 'variables.onlyChangesOwnership || variables.isInTenantNamespace',
      message: `Metacontroller may not write or delete objects outside of the namespaces of Tenants. ${checkHook}`
    },
    ownership: {
      refuses: 'Metacontroller writing an object without the labels of its Tenant, or into the namespace of another Tenant',
      expression: `
        !variables.changesContent || (variables.isInTenantNamespace && ${hasManagedByLabel('variables.labelsNow')}
        && ${uidLabel} in variables.labelsNow && variables.labelsNow[${uidLabel}] == variables.namespaceLabels[${uidLabel}]
        && ${hasTenantLabel('variables.labelsNow')} && (!(${hasTenantLabel('variables.namespaceLabels')})
        || variables.labelsNow[${tenantLabel}] == variables.namespaceLabels[${tenantLabel}]))`,
      message: `Metacontroller may not write an object without the labels of the Tenant of its namespace. ${checkHook}`
    },
    names: {
      refuses: `Roles and RoleBindings with other names than ${anyRole}, LimitRanges with another one than ${limitRangeName}, and ` +
        `WorkloadPolicies with another one than ${workloadPolicyName}`,
      expression: `
        !variables.changesContent
        || (request.resource.resource in ['roles', 'rolebindings'] ? ${isRoleName('variables.name')}
        : request.resource.resource == 'limitranges' ? variables.name == ${quoted(limitRangeName)}
        : request.resource.resource == 'workloadpolicies' ? variables.name == ${quoted(workloadPolicyName)}
        : true)`,
      message: `Metacontroller may not write an object with a name that no Tenant produces. ${checkHook}`
    },
    delete: {
      refuses: 'Metacontroller deleting an object that no Tenant created or was given, or any object while its namespace terminates: ' +
        'isolation stays until the last pod is gone',
      expression: `
        request.operation != 'DELETE'
        || ((${hasTenantLabel('variables.labelsBefore')} || ${uidLabel} in variables.labelsBefore) && !(${namespaceIsTerminating}))`,
      message: 'Metacontroller may not delete an object that is not of a Tenant, or whose namespace is terminating. ' +
        `${checkHook}, or wait for the namespace controller`
    },
    isolation: {
      refuses: 'Metacontroller deleting the NetworkPolicy default-deny or the WorkloadPolicy: every Tenant has them, ' +
        'so a response of the hook without them is wrong',
      expression: `
        request.operation != 'DELETE' || !((request.resource.resource == 'networkpolicies' && variables.name == ${quoted(defaultDenyName)})
        || request.resource.resource == 'workloadpolicies')`,
      message: 'Metacontroller may not delete what isolates a Tenant. Check why the response of the hook lacks it'
    }
  }
}

/** The message has CEL, which only updates evaluate: from it, users learn which object is in the way, and who wrote it. */
export const engineTakeovers: GuardrailPart = {
  purpose: 'Metacontroller replaces no unmanaged objects.',
  resources: namespacedChildren(['UPDATE']),
  variables: { onlyChangesOwnership },
  rules: {
    // Server-side apply does not tell an existing object from a missing one: Metacontroller applies by force.
    unmanaged: {
      refuses: 'Metacontroller replacing an unmanaged object, one without the labels of a Tenant',
      expression: `
        variables.onlyChangesOwnership || ${hasTenantLabel('variables.labelsBefore')} || ${uidLabel} in variables.labelsBefore`,
      message: `Metacontroller may not replace {variables.object}, which k8s-mtp does not manage (field managers: {${managersBefore}}). ` +
        'Give it to the Tenant with k8s-mtp adopt, which replaces its content, or rename it'
    }
  }
}
