import type { Place, Resource } from '../kubernetes/api-request.ts'
import { labels } from '../api/group.ts'
import { expiries, notesOfTenant } from '../view/access-expiry.ts'
import { accessIn, type Access, type AccessReport, type ObservedAccess } from '../view/access-report.ts'
import { subjectFilter } from '../view/subject-filter.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { resources } from '../kubernetes/resources.ts'
import { InputError } from './input/input-error.ts'
import { print, printLines, printWarning } from './output/print.ts'
import { accessLines } from './view/access-text.ts'
import { warnOfNotReadable } from './view/not-readable-text.ts'
import { listInScope, note, openScope, tenantsOfNamespaces, withTenant, type Scope, type ViewOptions } from './view/scope.ts'

export interface AccessOptions extends ViewOptions {
  subject?: string
  /** Lists also what Kubernetes binds to its own components. */
  all?: boolean
}

/** Shows who has access to the namespaces of Tenants, by which role, and until when. */
export async function access (tenants: readonly string[], options: AccessOptions): Promise<void> {
  const scope = await withTenant(await openScope(tenants, options))
  const report = await reportIn(scope, options)
  if (report.access.length === 0 && mayNotRead(scope, resources.roleBindings)) throw unknownAccess(scope)
  warnOfNotReadable(scope)
  if (options.output === 'json') return print(JSON.stringify(report, null, 2))
  report.notes.forEach(printWarning)
  printLines(accessLines(report, new Date()))
}

async function reportIn (scope: Scope, { subject, all = false }: AccessOptions): Promise<AccessReport> {
  const [roleBindings, roles, clusterRoles, clusterRoleBindings, further, byNamespace] = await Promise.all([
    listInScope(scope, resources.roleBindings),
    listInScope(scope, resources.roles),
    listCluster(scope, resources.clusterRoles),
    listCluster(scope, resources.clusterRoleBindings),
    listFurther(scope),
    tenantsOfNamespaces(scope)
  ])
  const tenantOf = (namespace: string) => byNamespace.get(namespace)
  const expiryOf = expiries(scope.tenants, further)
  const unreadable = unreadableIn(scope)
  const everything = accessIn({ roleBindings, roles, clusterRoles, clusterRoleBindings, unreadable, tenantOf, expiryOf })
  const filter = subject === undefined ? { matches: () => true, notes: [] } : subjectFilter(subject)
  const found = everything.filter(one => filter.matches(one.subject))
  const shown = found.filter(one => all || subject !== undefined || !one.ofKubernetes)
  return {
    access: shown,
    hidden: found.length - shown.length,
    notes: [...scope.only === undefined ? [] : scope.tenants.flatMap(notesOfTenant), ...isOfGroups(found) ? [] : filter.notes],
    notReadable: scope.notReadable
  }
}

function unreadableIn (scope: Scope): ObservedAccess['unreadable'] {
  return [
    ...mayNotRead(scope, resources.roles) ? ['Role' as const] : [],
    ...mayNotRead(scope, resources.clusterRoles) ? ['ClusterRole' as const] : []
  ]
}

function mayNotRead ({ notReadable }: Scope, { resource }: Resource): boolean {
  return notReadable.some(refusal => refusal.startsWith(`${resource}.`))
}

/** An empty list would say that none has access. */
function unknownAccess ({ only }: Scope): InputError {
  const place = only?.length === 1 ? ` --namespace ${only.join()}` : ''
  return new InputError('who has access is unknown, since you may not list RoleBindings. ' +
    `Your own permissions: kubectl auth can-i --list${place}.`)
}

/** A name that groups alone have is no user. */
function isOfGroups (found: readonly Access[]): boolean {
  return found.length > 0 && found.every(({ subject }) => subject.startsWith('Group '))
}

async function listCluster (scope: Scope, resource: Resource, place: Place = {}): Promise<ObservedObject[]> {
  return await note(scope, scope.reader.list(resource, place)) ?? []
}

/** Those of one Tenant, or of all. */
async function listFurther (scope: Scope): Promise<ObservedObject[]> {
  const [tenant, ...others] = scope.tenants
  const isOne = scope.only !== undefined && others.length === 0 && tenant !== undefined
  return await listCluster(scope, resources.tenantNamespaces, isOne ? { labelSelector: `${labels.tenant}=${tenant.metadata.name}` } : {})
}
