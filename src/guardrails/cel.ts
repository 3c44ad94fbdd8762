import { existingPrefix } from '../api/further-namespace.ts'
import { engineFieldManager, group, labels, manager, ownershipLabel } from '../api/group.ts'
import { garbageCollector, namespaceController } from './actors.ts'

/** CEL that several guardrails share. */

export const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Text for a message, in which braces are not CEL. */
export const withoutCel = (text: string): string => text.replaceAll('{', '\\{')

export const listOf = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`

/** By name alone, for rules that restrict these users: anyone who may impersonate a ServiceAccount has its name. */
export const userIsOneOf = (users: readonly string[]): string => `request.userInfo.username in ${listOf(users)}`

/**
 * The API server adds this extra for client certificates and for tokens from the TokenRequest API, but not for impersonated users and
 * tokens in Secrets. Source: CredentialIDKey in k8s.io/apiserver/pkg/authentication/user
 */
export const credentialId = 'authentication.kubernetes.io/credential-id'

const extra = '(has(request.userInfo.extra) ? request.userInfo.extra : {})'
const hasCredential = `${quoted(credentialId)} in ${extra}`

export const isExemptEngine = (engine: string): string => `(${userIsOneOf([engine])} && ${hasCredential})`

/** Controllers of Kubernetes do not run as pods with their ServiceAccounts, so tokens of pods do not count. */
export const isExemptController = (users: readonly string[]): string =>
  `(${userIsOneOf(users)} && ${hasCredential} && !('authentication.kubernetes.io/pod-name' in ${extra}))`

export const isMemberOf = (groups: readonly string[]): string =>
  `(has(request.userInfo.groups) && request.userInfo.groups.exists(group, group in ${listOf(groups)}))`

/**
 * The most items of a list that a guardrail compares with each other. The API server ends an evaluation that costs too much and
 * refuses the request, also one that would only remove a finalizer.
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#runtime-cost-budget
 */
export const maxItems = 100

/** A field, or a default if it is missing. */
export const fieldOr = (field: string, otherwise = '[]'): string => `(has(${field}) ? ${field} : ${otherwise})`

/** A field of an object that may be null. */
export const fieldOf = (object: string, path: string, otherwise = '[]'): string =>
  `(${object} != null && has(${object}.${path}) ? ${object}.${path} : ${otherwise})`

/**
 * True if the creating request itself has a field of the spec, rather than a default or an admission plugin of the API server: the API
 * server records the fields of a request before it sets any other. Where it cannot, it removes all records.
 * Source: UpdateNoErrors in k8s.io/apimachinery/pkg/util/managedfields/internal
 */
export const isSetByRequest = (field: string): string => `
  (!has(variables.now.metadata.managedFields) || variables.now.metadata.managedFields.exists(entry, has(entry.fieldsV1)
  && 'f:spec' in entry.fieldsV1 && 'f:${field}' in entry.fieldsV1['f:spec']))`

/** The spec of a pod, or of the template of a workload. */
export const podSpecIn = (object: string): string => `
  (has(${object}.spec.jobTemplate) ? ${object}.spec.jobTemplate.spec.template
  : has(${object}.spec.template) ? ${object}.spec.template : ${object}).spec`

const isTenant = `owner.kind in ['Tenant', 'TenantNamespace'] && owner.apiVersion.startsWith('${group}/')`

/** The ownerReferences to Tenants and TenantNamespaces, in any version. */
export const tenantOwnersIn = (object: string): string => `${fieldOf(object, 'metadata.ownerReferences')}.filter(owner, ${isTenant})`

export const otherOwnersIn = (object: string): string => `${fieldOf(object, 'metadata.ownerReferences')}.filter(owner, !(${isTenant}))`

/**
 * Variables that every guardrail may use; a policy gets only those that it does use. `before` and `now` are the object of
 * the request, or null. They are dyn because one policy can match several kinds.
 */
export const commonVariables: Record<string, string> = {
  before: 'dyn(oldObject)',
  now: 'dyn(object)',
  labelsBefore: fieldOf('variables.before', 'metadata.labels', '{}'),
  labelsNow: fieldOf('variables.now', 'metadata.labels', '{}'),
  annotationsBefore: fieldOf('variables.before', 'metadata.annotations', '{}'),
  annotationsNow: fieldOf('variables.now', 'metadata.annotations', '{}'),
  tenantOwnersBefore: tenantOwnersIn('variables.before'),
  tenantOwnersNow: tenantOwnersIn('variables.now'),
  isNamespace: "request.resource.resource == 'namespaces'",
  isGarbageCollector: userIsOneOf(garbageCollector),
  isExemptGarbageCollector: isExemptController(garbageCollector),
  isNamespaceController: isExemptController(namespaceController),
  name: 'variables.now != null ? variables.now.metadata.name : variables.before.metadata.name',
  namespaceName: "variables.isNamespace ? variables.name : has(request.namespace) ? request.namespace : ''",
  object: `
    request.resource.resource + ' ' + (variables.isNamespace || variables.namespaceName == '' ? '' : variables.namespaceName + '/')
    + variables.name`
}

const sameEntries = (selects: string, before: string, now: string): string =>
  `(${now}.all(key, !(${selects}) || (key in ${before} && ${before}[key] == ${now}[key])) ` +
  `&& ${before}.all(key, !(${selects}) || key in ${now}))`

/** True if the labels that a condition on `key` selects are unchanged. */
export const sameLabels = (selects: string): string => sameEntries(selects, 'variables.labelsBefore', 'variables.labelsNow')

export const sameAnnotations = (selects: string): string => sameEntries(selects, 'variables.annotationsBefore', 'variables.annotationsNow')

function sameField (field: string, objects = { before: 'variables.before', now: 'variables.now' }): string {
  const [before, now] = [`${objects.before}.${field}`, `${objects.now}.${field}`]
  return `(has(${before}) ? has(${now}) && ${before} == ${now} : !has(${now}))`
}

export const sameStatus = sameField('status')

/** For conditions, which have no variables. True if labels, annotations, owners and finalizers are unchanged. */
export const sameMetadata = ['labels', 'annotations', 'ownerReferences', 'finalizers']
  .map(field => sameField(`metadata.${field}`, { before: 'oldObject', now: 'object' })).join(' && ')

/** Over the fields that hold the content of one of the managed kinds. */
export const sameContent = ['spec', 'rules', 'subjects', 'roleRef'].map(field => sameField(field)).join(' && ')

/** True if a field is unchanged. A missing field equals its default. */
export const sameValue = (path: string, otherwise = '[]'): string =>
  `${fieldOf('variables.before', path, otherwise)} == ${fieldOf('variables.now', path, otherwise)}`

export const sameFinalizers = sameValue('metadata.finalizers')
export const sameOwners = sameValue('metadata.ownerReferences')
/** Kubernetes does not read it after the creation, but some kinds accept more than a megabyte in an update. */
export const sameGenerateName = sameValue('metadata.generateName', quoted(''))
/** Which managers own which fields. Clients may write it, and every change of a field changes it. */
export const sameFieldOwners = sameValue('metadata.managedFields')

const isAppliedByEngine = (object: string): string => `
  ${fieldOf(object, 'metadata.managedFields')}.exists(entry, entry.manager == ${quoted(engineFieldManager)} && entry.operation == 'Apply')`

/**
 * True if the engine owns fields through server-side apply both before and after the request, or neither: by that ownership the
 * hook tells the apply strategy, and the engine removes only fields that it owns.
 */
export const sameFieldOwner = `(${isAppliedByEngine('variables.before')}) == (${isAppliedByEngine('variables.now')})`

export const tenantLabel = quoted(labels.tenant)

export const hasTenantLabel = (labelsVariable: string): string => `${tenantLabel} in ${labelsVariable}`

export const uidLabel = quoted(ownershipLabel)

/** The end of the name of the TenantNamespace of an existing namespace. */
export const existingSuffix = (namespace: string): string => `'.${existingPrefix}' + ${namespace}`

/**
 * True for an `owner` that is the Tenant in the labels, or its TenantNamespace for this namespace: acme; acme.staging in
 * tenant-acme-staging; acme.existing.shop in shop. Never a TenantNamespace for an object in no namespace.
 */
export const isTheTenantIn = (labelsVariable: string): string => {
  const tenant = `${labelsVariable}[${tenantLabel}]`
  return `(owner.kind == 'Tenant' ? owner.name == ${tenant}
    : variables.namespaceName != '' && owner.name == ${tenant} + ${existingSuffix('variables.namespaceName')}
    || owner.name.startsWith(${tenant} + '.') && variables.namespaceName == 'tenant-' + owner.name.replace('.', '-', 1))`
}

/** True before the request for an object whose owning Tenants are all the one in its labels, by name and uid. */
export const isOwnedByItsTenant = `
  (variables.tenantOwnersBefore.size() > 0 && ${hasTenantLabel('variables.labelsBefore')} && ${uidLabel} in variables.labelsBefore
  && variables.tenantOwnersBefore.all(owner, ${isTheTenantIn('variables.labelsBefore')}
  && owner.uid == variables.labelsBefore[${uidLabel}]))`

/**
 * True for an existing namespace that was given to a Tenant before the request, which only members of a break-glass group do: by the name
 * of the TenantNamespace that owns it, and by the uid in the labels.
 */
export const isGivenExisting = `
  variables.tenantOwnersBefore.exists(owner, owner.kind == 'TenantNamespace' && owner.name.endsWith(${existingSuffix('variables.name')})
  && ${uidLabel} in variables.labelsBefore && owner.uid == variables.labelsBefore[${uidLabel}])`

/** `app.kubernetes.io/managed-by: k8s-mtp`; other values belong to other tools. */
export const hasManagedByLabel = (labelsVariable: string): string =>
  `(${quoted(labels.managedBy)} in ${labelsVariable} && ${labelsVariable}[${quoted(labels.managedBy)}] == ${quoted(manager)})`

export const namespaceLabels = fieldOr('namespaceObject.metadata.labels', '{}')
export const namespaceIsTerminating = 'has(namespaceObject.metadata.deletionTimestamp)'
