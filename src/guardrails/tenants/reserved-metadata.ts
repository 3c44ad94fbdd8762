import { labels, lastAppliedAnnotation, ownershipLabel, podSecurityPrefix } from '../../api/group.ts'
import { garbageCollector, namespaceController } from '../actors.ts'
import { addsNothing, annotationsOfBoth, beforeAndNow, hasOurLabel, isManagedByUs, isMemberOf, labelsOfBoth, quoted, reservedAnnotation, reservedLabel, sameFor, tenantOwnersIn, userIsOneOf } from '../cel.ts'
import { namespacedChildren, namespaces, namespaceSubresources, statusOfQuotas } from '../resource-rules.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

/** Half of what the API server takes, in characters. Source: TotalAnnotationSizeLimitB in k8s.io/apimachinery/pkg/api/validation */
const mostAnnotations = 131_072

/**
 * The marks by which objects are known as a Tenant's. Whoever could set them could have a namespace taken over or deleted; whoever could
 * remove them could shed quotas and isolation. Judged on what was and what would be, so that the way of the change does not matter.
 */
export function reservedMetadata ({ engine, breakGlass }: Parties): Guardrail {
  const emergency = `in an emergency act as a member of ${breakGlass.join(' or ')}`
  return {
    name: 'k8s-mtp-reserved-metadata',
    purpose: 'The labels, annotations and ownerReferences that make an object a Tenant\'s are set and removed by the platform alone.',
    resources: [namespaces(['CREATE', 'UPDATE']), namespaceSubresources(), ...namespacedChildren(['CREATE', 'UPDATE']), statusOfQuotas()],
    conditions: {
      'is-not-the-engine': `!(${userIsOneOf([engine])})`,
      'is-no-emergency': `!${isMemberOf(breakGlass)}`
    },
    variables: {
      ...beforeAndNow,
      ...labelsOfBoth,
      ...annotationsOfBoth,
      ownersBefore: tenantOwnersIn('variables.before'),
      ownersNow: tenantOwnersIn('variables.now'),
      isTenantNamespace: `request.resource.resource == 'namespaces' && ${hasOurLabel('variables.labelsBefore')}`
    },
    rules: [
      {
        id: 'labels',
        refuses: `setting, changing or removing ${ownershipLabel} or a label under k8s-mtp.dev/`,
        holds: sameFor(reservedLabel, 'variables.labelsBefore', 'variables.labelsNow'),
        message: `the labels ${ownershipLabel} and k8s-mtp.dev/* say whose an object is and are set by the platform alone: leave them as they are (k8s-mtp adopt and release move a namespace in and out); ${emergency}`
      },
      {
        id: 'managed-by',
        refuses: `setting, changing or removing ${labels.managedBy}: k8s-mtp`,
        holds: `${isManagedByUs('variables.labelsBefore')} == ${isManagedByUs('variables.labelsNow')}`,
        message: `the label ${labels.managedBy}: k8s-mtp is set by the platform alone: leave it as it is; ${emergency}`
      },
      {
        id: 'annotations',
        refuses: `setting, changing or removing ${lastAppliedAnnotation} or an annotation under k8s-mtp.dev/`,
        holds: sameFor(reservedAnnotation, 'variables.annotationsBefore', 'variables.annotationsNow'),
        message: `the annotations ${lastAppliedAnnotation} and k8s-mtp.dev/* are the platform's memory and set by it alone: leave them as they are; ${emergency}`
      },
      {
        id: 'owners',
        refuses: 'adding, changing or removing an ownerReference to a Tenant; the garbage collector may remove it',
        holds: `
          variables.ownersNow.all(owner, variables.ownersBefore.exists(known, known == owner)) &&
          (${userIsOneOf(garbageCollector)} || variables.ownersNow.size() == variables.ownersBefore.size())`,
        message: `ownerReferences to a Tenant are set and removed by the platform alone: leave them as they are; ${emergency}`
      },
      {
        id: 'lifetime',
        refuses: 'adding a finalizer or a further owner to the namespace of a tenant, which would keep it from going with its Tenant',
        holds: `
          !variables.isTenantNamespace || ${userIsOneOf(namespaceController)}
          || (${addsNothing('finalizers')} && ${addsNothing('ownerReferences')})`,
        message: `what holds up the end of a tenant's namespace is decided by the platform: put finalizers and owners on objects in it; ${emergency}`
      },
      {
        id: 'annotation-room',
        refuses: 'filling up the annotations of the namespace of a tenant, after which nothing in it could be corrected',
        holds: `
          !variables.isTenantNamespace || variables.annotationsBefore == variables.annotationsNow
          || variables.annotationsNow.map(key, size(key) + size(variables.annotationsNow[key])).sum() <= ${mostAnnotations}`,
        message: `the annotations of a tenant's namespace may have ${mostAnnotations} characters in all, so that there is room for the platform's own: shorten them`
      },
      {
        id: 'pod-security',
        refuses: 'setting, changing or removing a pod-security label on the namespace of a tenant',
        holds: `!variables.isTenantNamespace || ${sameFor(`key.startsWith(${quoted(podSecurityPrefix)})`, 'variables.labelsBefore', 'variables.labelsNow')}`,
        message: `pod security of a tenant is decided by spec.podSecurity of its TenantClass: change it there; ${emergency}`
      }
    ]
  }
}
