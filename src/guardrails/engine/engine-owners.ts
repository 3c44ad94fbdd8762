import { apiVersion, labels, ownershipLabel } from '../../api/group.ts'
import { existingSuffix, isTheTenantIn, otherOwnersIn, quoted, sameFinalizers, sameLabels, tenantLabel, uidLabel } from '../cel.ts'
import type { GuardrailPart } from '../guardrail.ts'
import { namespacedChildren, namespaces, tenantNamespaceObjects } from '../resource-rules.ts'
import { checkHook } from './engine-cel.ts'

/**
 * Garbage collection deletes an object whose owner does not exist, and a finalizer keeps one from being deleted. So an ownerReference
 * amounts to a permission to delete.
 * Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
 */
export const engineOwners: GuardrailPart = {
  purpose: 'Metacontroller gives objects to the Tenant in their labels, takes none away, and changes no other owners and no finalizers.',
  resources: [
    namespaces(['CREATE', 'UPDATE']), tenantNamespaceObjects(['CREATE', 'UPDATE']), ...namespacedChildren(['CREATE', 'UPDATE'])
  ],
  variables: {
    added: `
      variables.tenantOwnersNow
        .filter(owner, !variables.tenantOwnersBefore.exists(known,
          known.uid == owner.uid && known.name == owner.name && known.kind == owner.kind))`
  },
  rules: {
    'other-owners': {
      refuses: 'Metacontroller adding, changing or removing an ownerReference to anything but a Tenant or TenantNamespace',
      expression: `${otherOwnersIn('variables.before')} == ${otherOwnersIn('variables.now')}`,
      message: `Metacontroller may not change ownerReferences to anything but a Tenant. ${checkHook}`
    },
    'tenant-owner': {
      refuses: `Metacontroller adding an ownerReference to a Tenant of another version, or whose uid is not in the label ${ownershipLabel}`,
      expression: `
        variables.added.all(owner, ${uidLabel} in variables.labelsNow && owner.uid == variables.labelsNow[${uidLabel}])
        && variables.tenantOwnersNow.all(owner, owner in variables.tenantOwnersBefore || owner.apiVersion == ${quoted(apiVersion)})`,
      message: `Metacontroller may add only the ownerReference of the Tenant in the label ${ownershipLabel}. ${checkHook}`
    },
    // The garbage collector looks an owner up by its name, and takes one with another uid for deleted.
    'owner-name': {
      refuses: `Metacontroller writing an object with an ownerReference to a Tenant of another name than in the label ${labels.tenant}, ` +
        'unless it changes neither',
      expression: `
        !(${tenantLabel} in variables.labelsNow)
        || variables.tenantOwnersNow.all(owner, ${isTheTenantIn('variables.labelsNow')})
        || (variables.tenantOwnersNow == variables.tenantOwnersBefore && ${sameLabels(`key == ${tenantLabel}`)})`,
      message: 'Metacontroller may not write an object with an ownerReference to another Tenant ' +
        `than in the label ${labels.tenant}. ${checkHook}, or remove the ownerReference`
    },
    // An orphaned namespace still has the uid of its Tenant. Others never get the label of a Tenant, without which they are not deleted.
    'existing-namespace': {
      refuses: 'Metacontroller adding or renaming an ownerReference of an existing namespace that a Tenant has or may have: ' +
        'if no such Tenant exists, the namespace is deleted',
      expression: `
        !variables.isNamespace || request.operation == 'CREATE'
        || variables.added.all(owner, !variables.name.startsWith('tenant-') && !(${tenantLabel} in variables.labelsBefore)
        && !owner.name.endsWith(${existingSuffix('variables.name')})
        && ${uidLabel} in variables.labelsBefore && owner.uid == variables.labelsBefore[${uidLabel}]
        && !variables.tenantOwnersBefore.exists(known, known.uid == owner.uid))`,
      message: 'Metacontroller may not add an ownerReference to an existing namespace. Give it to the Tenant with k8s-mtp adopt'
    },
    removal: {
      refuses: `Metacontroller removing the ownerReference of the Tenant in the label ${ownershipLabel}; ` +
        'without the label, it releases the object',
      expression: `
        variables.tenantOwnersBefore.all(owner, variables.tenantOwnersNow.exists(kept, kept.uid == owner.uid)
        || !(${uidLabel} in variables.labelsBefore) || owner.uid != variables.labelsBefore[${uidLabel}])`,
      message: `Metacontroller may not remove the ownerReference of a Tenant while the label ${ownershipLabel} has its uid. ` +
        'To free a namespace, use k8s-mtp release'
    },
    finalizers: {
      refuses: 'Metacontroller adding or removing finalizers',
      expression: sameFinalizers,
      message: `Metacontroller may not change finalizers. ${checkHook}`
    }
  }
}
