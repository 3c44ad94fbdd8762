import { allowedAuthorsAnnotation, labels } from '../../api/group.ts'
import { hasTenantLabel, namespaceLabels, quoted, sameContent, tenantLabel } from '../cel.ts'
import { inEmergency } from '../conditions.ts'
import type { GuardrailPart, Parties } from '../guardrail.ts'
import { isManaged } from './managed-objects.ts'

const annotations = 'namespaceObject.metadata.annotations'
const key = quoted(allowedAuthorsAnnotation)

/**
 * NetworkPolicies and permissions add up, so an object beside those of the Tenant can undo them. A Role counts too: a binding
 * may name it already. A second LimitRange changes the defaults of pods, or refuses all. The authors are on the namespace, not in the
 * WorkloadPolicy: the namespace exists from the first request on, and to the last one.
 */
export function unmanagedObjects (parties: Parties): GuardrailPart {
  return {
    purpose: 'Only authors that the TenantClass allows add NetworkPolicies, Roles, RoleBindings and LimitRanges to those of a Tenant.',
    resources: [
      { group: '', resources: ['limitranges'], operations: ['CREATE', 'UPDATE'] },
      { group: 'networking.k8s.io', resources: ['networkpolicies'], operations: ['CREATE', 'UPDATE'] },
      { group: 'rbac.authorization.k8s.io', resources: ['roles', 'rolebindings'], operations: ['CREATE', 'UPDATE'] }
    ],
    condition: {
      expression: `${hasTenantLabel(namespaceLabels)} && !(${isManaged})`,
      appliesTo: `new and unmanaged objects in namespaces with the label ${labels.tenant}`
    },
    variables: {
      authors: `(has(${annotations}) && ${key} in ${annotations} ? ${annotations}[${key}].split('\\n') : [])`,
      isAllowedAuthor: `
        ('User ' + request.userInfo.username) in variables.authors
        || (has(request.userInfo.groups) && request.userInfo.groups.exists(group, ('Group ' + group) in variables.authors))`
    },
    rules: {
      author: {
        refuses: 'any author except those in spec.allowedAuthors of the TenantClass; all may change metadata and delete objects',
        expression: `(request.operation == 'UPDATE' && ${sameContent}) || variables.isAllowedAuthor`,
        message: `TenantClass {namespaceObject.metadata.labels[?${quoted(labels.class)}].orValue('')} does not allow ` +
          '{request.userInfo.username} to write {variables.object}, which can open traffic, grant access or refuse pods beside ' +
          `Tenant {namespaceObject.metadata.labels[${tenantLabel}]}. ` +
          'Add traffic and limits to the TenantClass and people to the Tenant, or list the author in spec.allowedAuthors of the ' +
          'TenantClass; ' +
          inEmergency(parties)
      }
    }
  }
}
