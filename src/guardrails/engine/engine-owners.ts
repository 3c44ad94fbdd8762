import { apiVersion, ownershipLabel } from '../../api/group.ts'
import { otherOwnersIn, quoted, sameFinalizers, tenantLabel } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'
import { namespacedChildren, namespaces } from '../resource-rules.ts'
import { checkHook, uidLabel } from './engine-cel.ts'

/**
 * Garbage collection deletes an object whose owner does not exist, and a finalizer keeps one from being deleted. So an ownerReference
 * amounts to a permission to delete.
 * Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
 */
export const engineOwners: Guardrail = {
  name: 'k8s-mtp-engine-owners',
  purpose: 'Metacontroller sets the ownerReference of a Tenant on objects with its label, and changes no other owners and no finalizers.',
  resources: [namespaces(['CREATE', 'UPDATE']), ...namespacedChildren(['CREATE', 'UPDATE'])],
  variables: { added: 'variables.tenantOwnersNow.filter(owner, !(owner in variables.tenantOwnersBefore))' },
  rules: {
    'other-owners': {
      refuses: 'Metacontroller adding, changing or removing an ownerReference to anything but a Tenant',
      expression: `${otherOwnersIn('variables.before')} == ${otherOwnersIn('variables.now')}`,
      message: `Metacontroller may not change ownerReferences to anything but a Tenant: {variables.object}. ${checkHook}`
    },
    'tenant-owner': {
      refuses: 'Metacontroller adding an ownerReference to a Tenant whose uid, and on a namespace whose name, is not in its labels',
      expression: `
        variables.added.all(owner, owner.apiVersion == ${quoted(apiVersion)}
        && ${uidLabel} in variables.labelsNow && owner.uid == variables.labelsNow[${uidLabel}]
        && (!variables.isNamespace || !(${tenantLabel} in variables.labelsNow) || owner.name == variables.labelsNow[${tenantLabel}]))`,
      message: `Metacontroller may add only the ownerReference of the Tenant in the label ${ownershipLabel}: {variables.object}. ` +
        checkHook
    },
    'other-tenant': {
      refuses: 'Metacontroller moving a namespace from one Tenant to another',
      expression: `
        !variables.isNamespace || !(${uidLabel} in variables.labelsBefore)
        || (${uidLabel} in variables.labelsNow && variables.labelsNow[${uidLabel}] == variables.labelsBefore[${uidLabel}])`,
      message: 'Metacontroller may not move {variables.object} to another Tenant. Use k8s-mtp release and k8s-mtp adopt'
    },
    finalizers: {
      refuses: 'Metacontroller adding or removing finalizers',
      expression: sameFinalizers,
      message: `Metacontroller may not change the finalizers of {variables.object}. ${checkHook}`
    }
  }
}
