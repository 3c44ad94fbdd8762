import { keeper } from '../../api/existing-namespace.ts'
import {
  allowedFinalizersAnnotation, group, labels, lastAppliedAnnotation, narrowedAnnotation, ownershipLabel, podSecurityPrefix
} from '../../api/group.ts'
import { standardPolicyNames } from '../../api/network.ts'
import {
  fieldOf, hasManagedByLabel, hasTenantLabel, listOf, maxItems, namespaceLabels, quoted, sameAnnotations, sameFieldOwner, sameLabels,
  sameOwners
} from '../cel.ts'
import { inEmergency } from '../conditions.ts'
import type { GuardrailPart, Parties } from '../guardrail.ts'
import { namespacedChildren, namespaces, namespaceSubresources, quotaStatus } from '../resource-rules.ts'

/** Half of the API server's limit, in characters. Source: TotalAnnotationSizeLimitB in k8s.io/apimachinery/pkg/api/validation */
const maxAnnotationSize = 131_072

/** Comparing 20,000 labels takes the API server seconds. */
const maxEntries = 250

const entries = ['before', 'now'].flatMap(object =>
  ['labels', 'annotations', 'ownerReferences'].map(field => `${fieldOf(`variables.${object}`, `metadata.${field}`)}.size()`))

/** With more entries, the rule on their number allows no change of them. */
const hasFew = (expression: string): string => `variables.hasTooManyEntries || (${expression})`

/** Of namespaces, Roles, bindings, limits, and the quotas of the shipped classes. */
const namePrefix = 'tenant-'

const finalizersBefore = fieldOf('variables.before', 'metadata.finalizers')
const finalizersNow = fieldOf('variables.now', 'metadata.finalizers')
const ownersBefore = fieldOf('variables.before', 'metadata.ownerReferences')
const ownersNow = fieldOf('variables.now', 'metadata.ownerReferences')
/** The owner that keeps an existing namespace after its Tenant. */
const isNotKeeper = (owner: string): string => `!(${owner}.kind == '${keeper.kind}' && ${owner}.name == '${keeper.name}')`

const className = `variables.labelsBefore[?${quoted(labels.class)}].orValue('')`

/**
 * Setting these would take over or delete a namespace; removing them would remove quotas and isolation. The rules compare the object before
 * and after the request, so every verb, subresource and patch type is covered.
 */
export function reservedMetadata (parties: Parties): GuardrailPart {
  return {
    purpose: 'Only k8s-mtp sets and removes the labels, annotations and ownerReferences that assign an object to a Tenant, ' +
      'and creates objects under the names of its own.',
    resources: [
      namespaces(['CREATE', 'UPDATE']), namespaceSubresources, ...namespacedChildren(['CREATE', 'UPDATE']), quotaStatus
    ],
    variables: {
      isTenantNamespace: `variables.isNamespace && ${hasTenantLabel('variables.labelsBefore')}`,
      hasTooManyEntries: `[${entries.join(', ')}].exists(count, count > ${maxEntries})`,
      allowedFinalizers: `variables.annotationsBefore[?${quoted(allowedFinalizersAnnotation)}].orValue('').split(',')`,
      newFinalizers: `
        ${finalizersNow} == ${finalizersBefore} ? [] : ${finalizersNow}.filter(item, !(item in ${finalizersBefore}))`,
      refusedFinalizers: 'variables.newFinalizers.filter(item, !(item in variables.allowedFinalizers))'
    },
    rules: {
      entries: {
        refuses: `changing the labels, annotations or ownerReferences of an object with more than ${maxEntries} of them before or after; ` +
          'the garbage collector may change ownerReferences, as it does for an owner that is deleted',
        expression: `
          !variables.hasTooManyEntries
          || (variables.labelsBefore == variables.labelsNow && variables.annotationsBefore == variables.annotationsNow
          && (variables.isExemptGarbageCollector || ${sameOwners}))`,
        message: `{variables.object} may have ${maxEntries} labels, annotations and ownerReferences each. Use fewer, ` +
          `or delete the object; ${inEmergency(parties)}`
      },
      labels: {
        refuses: `setting, changing or removing the label ${ownershipLabel} or a label under ${group}/`,
        expression: hasFew(sameLabels(`key == ${quoted(ownershipLabel)} || key.startsWith('${group}/')`)),
        message: `the labels ${ownershipLabel} and ${group}/* are reserved for k8s-mtp. ` +
          `Leave them unchanged, or move a namespace with k8s-mtp adopt and release; ${inEmergency(parties)}`
      },
      'managed-by': {
        refuses: `setting, changing or removing the label ${labels.managedBy}: k8s-mtp`,
        expression: `${hasManagedByLabel('variables.labelsBefore')} == ${hasManagedByLabel('variables.labelsNow')}`,
        message: `the label ${labels.managedBy}: k8s-mtp is reserved for k8s-mtp. Leave it unchanged; ${inEmergency(parties)}`
      },
      annotations: {
        refuses: `setting, changing or removing the annotation ${lastAppliedAnnotation} or one under ${group}/, except for ` +
          `${narrowedAnnotation}, which only informs`,
        expression: hasFew(sameAnnotations(
          `key == ${quoted(lastAppliedAnnotation)} || (key.startsWith('${group}/') && key != ${quoted(narrowedAnnotation)})`
        )),
        message: `the annotations ${lastAppliedAnnotation} and ${group}/* are reserved for k8s-mtp. ` +
          `Leave them unchanged; ${inEmergency(parties)}`
      },
      owners: {
        refuses: 'adding, changing or removing an ownerReference to a Tenant; the garbage collector may remove one',
        expression: hasFew(`
          variables.tenantOwnersNow.all(owner, variables.tenantOwnersBefore.exists(known, known == owner)) &&
          (variables.isExemptGarbageCollector || variables.tenantOwnersNow.size() == variables.tenantOwnersBefore.size())`),
        message: `ownerReferences to a Tenant are reserved for k8s-mtp. Leave them unchanged; ${inEmergency(parties)}`
      },
      names: {
        refuses: `creating an object of these kinds in the namespace of a Tenant under the name ${standardPolicyNames.join(', ')} ` +
          `or ${namePrefix}*: no Tenant could then have it`,
        expression: `
          request.operation != 'CREATE' || variables.isNamespace || !(${hasTenantLabel(namespaceLabels)})
          || !(variables.name.startsWith(${quoted(namePrefix)})
          || (request.resource.resource == 'networkpolicies' && variables.name in ${listOf(standardPolicyNames)}))`,
        message: `the name of {variables.object} is reserved for k8s-mtp. Use another name than ${standardPolicyNames.join(', ')} ` +
          `or ${namePrefix}*; ${inEmergency(parties)}`
      },
      // The Tenant with that namespace would be on hold. The message also reaches clients that create a namespace which exists.
      'namespace-names': {
        refuses: `creating a namespace named ${namePrefix}*, which only a Tenant may have`,
        expression: `
          request.operation != 'CREATE' || !variables.isNamespace || !variables.name.startsWith(${quoted(namePrefix)})`,
        message: `k8s-mtp creates the namespaces named ${namePrefix}*. If {variables.name} exists, use it without creating it. ` +
          `Otherwise create a Tenant, or use another name for a namespace that is not a Tenant's; ${inEmergency(parties)}`
      },
      finalizers: {
        refuses: 'adding a finalizer to the namespace of a Tenant, which could keep it after its Tenant, unless the TenantClass lists ' +
          'it; the namespace controller may',
        expression: `
          !variables.isTenantNamespace || variables.isNamespaceController || (variables.refusedFinalizers.size() == 0
          && ${finalizersNow}.size() <= (variables.newFinalizers.size() == 0 ? ${finalizersBefore}.size() : ${maxItems}))`,
        message: `TenantClass {${className}} does not allow to add ` +
          "{(variables.refusedFinalizers.size() == 0 ? 'so many finalizers' : 'the finalizer ' + variables.refusedFinalizers[0])} to a " +
          "Tenant's namespace: spec.namespaceMetadata.finalizers lists " +
          "{(variables.allowedFinalizers == [''] ? 'none' : variables.allowedFinalizers.join(', '))}. " +
          `Add finalizers to objects in the namespace, or change the TenantClass; ${inEmergency(parties)}`
      },
      lifetime: {
        refuses: 'adding another owner to the namespace of a Tenant, which could keep it after its Tenant, and removing the one that ' +
          'keeps an existing namespace; the namespace controller may',
        expression: `
          !variables.isTenantNamespace || variables.isNamespaceController || ${ownersNow} == ${ownersBefore}
          || (${ownersNow}.all(item, item in ${ownersBefore}) && (variables.isExemptGarbageCollector
          || ${ownersBefore}.all(item, ${isNotKeeper('item')} || item in ${ownersNow})))`,
        message: "ownerReferences cannot be added to a Tenant's namespace, nor that to kube-system removed. Add others to objects in the " +
          `namespace; ${inEmergency(parties)}`
      },
      'field-owners': {
        refuses: 'removing or forging the field ownership of Metacontroller in metadata.managedFields of the namespace of a Tenant',
        expression: `!variables.isTenantNamespace || ${sameFieldOwner}`,
        message: "metadata.managedFields of a Tenant's namespace must name Metacontroller as before. " +
          `Leave them unchanged; ${inEmergency(parties)}`
      },
      'annotation-size': {
        refuses: 'filling the annotations of the namespace of a Tenant: without room for those of k8s-mtp, drift could not be corrected',
        expression: `
          !variables.isTenantNamespace || variables.hasTooManyEntries || variables.annotationsBefore == variables.annotationsNow
          || variables.annotationsNow.map(key, size(key) + size(variables.annotationsNow[key])).sum() <= ${maxAnnotationSize}`,
        message: `the annotations of a Tenant's namespace have more than ${maxAnnotationSize} characters in total. Shorten them`
      },
      'pod-security': {
        refuses: 'setting, changing or removing a pod-security label on the namespace of a Tenant',
        expression: hasFew(`!variables.isTenantNamespace || ${sameLabels(`key.startsWith(${quoted(podSecurityPrefix)})`)}`),
        message: "the pod security of a Tenant's namespace is set by its TenantClass. " +
          `Change spec.podSecurity of the TenantClass; ${inEmergency(parties)}`
      }
    }
  }
}
