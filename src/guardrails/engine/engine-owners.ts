import { apiVersion, labels, ownershipLabel } from '../../api/group.ts'
import { beforeAndNow, foreignOwnersIn, labelsOfBoth, quoted, sameFinalizers, tenantOwnersIn, userIsOneOf } from '../cel.ts'
import { namespacedChildren, namespaces } from '../resource-rules.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

const uidLabel = quoted(ownershipLabel)
const tenantLabel = quoted(labels.tenant)

/**
 * Whatever names an owner that is not there is deleted by garbage collection, and a finalizer keeps what should go: so an ownerReference
 * is as good as a right to delete, also where nothing else may be written.
 * Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
 */
export function engineOwners ({ engine }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-engine-owners',
    purpose: 'The engine puts the ownerReference of the Tenant on what is labelled as the Tenant\'s, and touches no other owners and no finalizers.',
    resources: [namespaces(['CREATE', 'UPDATE']), ...namespacedChildren(['CREATE', 'UPDATE'])],
    conditions: { 'is-the-engine': userIsOneOf([engine]) },
    variables: {
      ...beforeAndNow,
      ...labelsOfBoth,
      isNamespace: "request.resource.resource == 'namespaces'",
      ownersBefore: tenantOwnersIn('variables.before'),
      added: `${tenantOwnersIn('variables.now')}.filter(owner, !(owner in variables.ownersBefore))`,
      object: "request.resource.resource + ' ' + (variables.isNamespace ? '' : request.namespace + '/') + variables.now.metadata.name"
    },
    rules: [
      {
        id: 'others',
        refuses: 'the engine adding, changing or removing an ownerReference to anything but a Tenant',
        holds: `${foreignOwnersIn('variables.before')} == ${foreignOwnersIn('variables.now')}`,
        message: { cel: "'the engine leaves ownerReferences to anything but Tenants as they are: ' + variables.object" }
      },
      {
        id: 'tenant',
        refuses: 'the engine adding an ownerReference to a Tenant whose uid, and on a namespace whose name, is not on the label',
        holds: `
          variables.added.all(owner, owner.apiVersion == ${quoted(apiVersion)} && ${uidLabel} in variables.labelsNow && owner.uid == variables.labelsNow[${uidLabel}]
          && (!variables.isNamespace || !(${tenantLabel} in variables.labelsNow) || owner.name == variables.labelsNow[${tenantLabel}]))`,
        message: { cel: `'the engine adds the ownerReference of the Tenant whose uid is on the label ${ownershipLabel}, and no other: ' + variables.object` }
      },
      {
        id: 'uid',
        refuses: 'the engine giving a namespace that is one Tenant\'s to another',
        holds: `
          !variables.isNamespace || !(${uidLabel} in variables.labelsBefore)
          || (${uidLabel} in variables.labelsNow && variables.labelsNow[${uidLabel}] == variables.labelsBefore[${uidLabel}])`,
        message: { cel: "'the engine gives no namespace from one Tenant to another: ' + variables.object" }
      },
      {
        id: 'finalizers',
        refuses: 'the engine adding or removing finalizers',
        holds: sameFinalizers,
        message: { cel: "'the engine adds and removes no finalizers: ' + variables.object" }
      }
    ]
  }
}
