import { allowedAuthorsAnnotation, labels, selfServiceAnnotation } from '../../api/group.ts'
import { fieldOr, hasTenantLabel, maxItems, namespaceLabels, quoted, sameContent, tenantLabel } from '../cel.ts'
import { inEmergency } from '../conditions.ts'
import type { GuardrailPart, Parties } from '../guardrail.ts'
import { isManaged } from './managed-objects.ts'

const annotations = 'namespaceObject.metadata.annotations'
const annotation = (key: string): string =>
  `(has(${annotations}) && ${quoted(key)} in ${annotations} ? ${annotations}[${quoted(key)}] : '')`

/** Of spec.allowedAuthors of the class. */
export const authorVariables: Record<string, string> = {
  authors: `${annotation(allowedAuthorsAnnotation)}.split('\\n')`,
  isAllowedAuthor: `
    ('User ' + request.userInfo.username) in variables.authors
    || (has(request.userInfo.groups) && request.userInfo.groups.exists(group, ('Group ' + group) in variables.authors))`,
  selfService: `${annotation(selfServiceAnnotation)}.split(',')`
}

const className = `TenantClass {namespaceObject.metadata.labels[?${quoted(labels.class)}].orValue('')}`
const tenantName = `Tenant {namespaceObject.metadata.labels[${tenantLabel}]}`

/**
 * NetworkPolicies and permissions add up, so an object beside those of the Tenant can undo them. A Role counts too: a binding
 * may name it already. A second LimitRange changes the defaults of pods, or refuses all. The authors are on the namespace, not in the
 * WorkloadPolicy: the namespace exists from the first request on, and to the last one. The peers of NetworkPolicies are judged by
 * network-policies.ts.
 */
export function unmanagedObjects (parties: Parties): GuardrailPart {
  return {
    purpose: 'Only authors that the TenantClass allows add NetworkPolicies, Roles, RoleBindings and LimitRanges to those of a Tenant, ' +
      'and members within the bounds of its selfService.',
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
      ...authorVariables,
      isFree: `(request.operation == 'UPDATE' && ${sameContent}) || variables.isAllowedAuthor`,
      isSelfService: `
        request.resource.resource == 'networkpolicies' ? 'networkPolicies' in variables.selfService
        : request.resource.resource != 'limitranges' && 'permissions' in variables.selfService`,
      isOwnBinding: "!variables.isFree && variables.isSelfService && request.resource.resource == 'rolebindings'",
      hasTooManySubjects: `variables.isOwnBinding && ${fieldOr('variables.now.subjects')}.size() > ${maxItems}`,
      otherSubjects: `
        !variables.isOwnBinding || variables.hasTooManySubjects ? [] : ${fieldOr('variables.now.subjects')}.filter(subject,
          subject.kind != 'ServiceAccount' || (has(subject.namespace) && subject.namespace != request.namespace))`
    },
    rules: {
      author: {
        refuses: 'any author except those in spec.allowedAuthors of the TenantClass, and those with the permission where its ' +
          'spec.selfService allows the kind; all may change metadata and delete objects',
        expression: 'variables.isFree || variables.isSelfService',
        message: `${className} does not allow ` +
          '{request.userInfo.username} to write {variables.object}, which can open traffic, grant access or refuse pods beside ' +
          `${tenantName}. ` +
          'Add traffic and limits to the TenantClass and people to the Tenant, set spec.selfService of the TenantClass, or list the ' +
          'author in its spec.allowedAuthors; ' +
          inEmergency(parties)
      },
      'binding-role': {
        refuses: 'a RoleBinding to a ClusterRole, whose permissions others decide on, by an author whom only spec.selfService allows',
        expression: "!variables.isOwnBinding || variables.now.roleRef.kind == 'Role'",
        message: `${className} does not allow RoleBindings to ClusterRoles, as {variables.object} is. ` +
          `Set roleRef.kind to Role and create the Role; ${inEmergency(parties)}`
      },
      'binding-count': {
        refuses: `more than ${maxItems} subjects in a RoleBinding, by an author whom only spec.selfService allows`,
        expression: '!variables.hasTooManySubjects',
        message: `{variables.object} may have ${maxItems} subjects. Use several`
      },
      'binding-subjects': {
        refuses: 'a RoleBinding to people, groups or ServiceAccounts of other namespaces, by an author whom only spec.selfService ' +
          'allows: their access would not end with the Tenant',
        expression: 'variables.otherSubjects.size() == 0',
        message: `${className} does not allow subjects other than ServiceAccounts of the namespace: {variables.object} names ` +
          '{(variables.otherSubjects.size() == 0 ? \'\' : variables.otherSubjects[0].kind + \' \' + variables.otherSubjects[0].name)}. ' +
          `Add people to ${tenantName}, or set kind to ServiceAccount and namespace to {request.namespace}; ${inEmergency(parties)}`
      }
    }
  }
}
