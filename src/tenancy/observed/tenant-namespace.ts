import { existingOf, nameOfExisting } from '../../api/further-namespace.ts'
import { builtInRoles, roleSubjects, type BuiltInRole } from '../../api/role-names.ts'
import { tenantAndEntry } from '../../api/tenant-namespace.ts'
import { isFields, type Fields } from '../../kubernetes/json.ts'
import type { ObservedTenant } from './loose-tenant.ts'

/**
 * Reads a TenantNamespace as the Tenant would be if its only namespace were this one, so that every step after it knows one kind of
 * parent. The name alone tells Tenant and entry.
 */
export function asTenant (parent: ObservedTenant): ObservedTenant {
  const [tenant, entry] = tenantAndEntry(parent.metadata.name)
  const { spec } = parent
  const name = existingOf(entry) === undefined ? entry : nameOfExisting
  const metadata = { ...parent.metadata, name: tenant }
  return { ...parent, kind: 'Tenant', entry, metadata, spec: isFields(spec) ? specOf(spec, name) : spec }
}

function specOf ({ subjects, ...spec }: Fields, name: string): Fields {
  if (subjects !== undefined && !isFields(subjects)) {
    return { ...spec, admins: subjects, operators: subjects, viewers: subjects, roles: subjects, name }
  }
  const lists = Object.entries(subjects ?? {}).map(([role, list]) => [role, isFields(list) ? Object.values(list) : list] as const)
  const isBuiltIn = (role: string): role is BuiltInRole => builtInRoles.some(builtIn => builtIn === role)
  const [builtIn, others] = [lists.filter(([role]) => isBuiltIn(role)), lists.filter(([role]) => !isBuiltIn(role))]
  return {
    ...spec,
    ...Object.fromEntries(builtIn.map(([role, list]) => [roleSubjects[role as BuiltInRole], list])) as Fields,
    ...(others.length > 0 && { roles: Object.fromEntries(others) }),
    name
  }
}
