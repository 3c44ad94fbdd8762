import { group, labels, lastAppliedAnnotation, manager, ownershipLabel } from '../api/group.ts'

/** CEL that several guardrails share. The strings hold no newlines of their own. */

export const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

export const listOf = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`

export const userIsOneOf = (users: readonly string[]): string => `request.userInfo.username in ${listOf(users)}`

export const isMemberOf = (groups: readonly string[]): string =>
  `(has(request.userInfo.groups) && request.userInfo.groups.exists(group, group in ${listOf(groups)}))`

/** The labels or annotations of an object that may have none, or that may not be there at all. */
export const mapIn = (object: string, field: 'labels' | 'annotations'): string =>
  `(${object} != null && has(${object}.metadata.${field}) ? ${object}.metadata.${field} : {})`

/** True where both maps have the same values for the keys that a condition on `key` selects. */
export const sameFor = (condition: string, before: string, now: string): string =>
  `(${now}.all(key, !(${condition}) || (key in ${before} && ${before}[key] == ${now}[key])) && ${before}.all(key, !(${condition}) || key in ${now}))`

/** `before` and `now` are the object as it was and as it would be, null where it is not; dyn, since a policy may be about several kinds. */
export const beforeAndNow = { before: 'dyn(oldObject)', now: 'dyn(object)' }

export const labelsOfBoth = {
  labelsBefore: mapIn('variables.before', 'labels'),
  labelsNow: mapIn('variables.now', 'labels')
}

export const annotationsOfBoth = {
  annotationsBefore: mapIn('variables.before', 'annotations'),
  annotationsNow: mapIn('variables.now', 'annotations')
}

const ownerReferencesIn = (object: string): string =>
  `(${object} != null && has(${object}.metadata.ownerReferences) ? ${object}.metadata.ownerReferences : [])`

const isTenant = `owner.kind == 'Tenant' && owner.apiVersion.startsWith('${group}/')`

/** The ownerReferences to Tenants, in whatever version. */
export const tenantOwnersIn = (object: string): string => `${ownerReferencesIn(object)}.filter(owner, ${isTenant})`

export const foreignOwnersIn = (object: string): string => `${ownerReferencesIn(object)}.filter(owner, !(${isTenant}))`

export const hasOurLabel = (labelsVariable: string): string => `${quoted(labels.tenant)} in ${labelsVariable}`

const finalizersIn = (object: string): string => `(${object} != null && has(${object}.metadata.finalizers) ? ${object}.metadata.finalizers : [])`
export const sameFinalizers = `${finalizersIn('variables.before')} == ${finalizersIn('variables.now')}`
export const sameOwners = `${ownerReferencesIn('variables.before')} == ${ownerReferencesIn('variables.now')}`

/** All fields that hold the content of one of the managed kinds. */
const contentFields = ['spec', 'rules', 'subjects', 'roleRef']
export const sameContent = contentFields
  .map(field => `(has(variables.before.${field}) ? has(variables.now.${field}) && variables.before.${field} == variables.now.${field} : !has(variables.now.${field}))`)
  .join(' && ')

/** Labels and annotations that only the platform may set, remove or change, wherever they stand. */
export const reservedLabel = `key == ${quoted(ownershipLabel)} || key.startsWith('${group}/')`
export const reservedAnnotation = `key == ${quoted(lastAppliedAnnotation)} || key.startsWith('${group}/')`

/** `app.kubernetes.io/managed-by: k8s-mtp`: other values belong to others. */
export const isManagedByUs = (labelsVariable: string): string =>
  `(${quoted(labels.managedBy)} in ${labelsVariable} && ${labelsVariable}[${quoted(labels.managedBy)}] == ${quoted(manager)})`

export const namespaceIsTerminating = 'has(namespaceObject.metadata.deletionTimestamp)'

/** True where a list of the metadata has nothing that was not in it before. */
export const addsNothing = (field: 'finalizers' | 'ownerReferences'): string =>
  `(!has(variables.now.metadata.${field}) || variables.now.metadata.${field}.all(item, has(variables.before.metadata.${field}) && item in variables.before.metadata.${field}))`
