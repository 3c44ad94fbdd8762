import { fieldsAt, textAt } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { readLooseTenant, type ObservedTenant } from '../tenancy/observed/loose-tenant.ts'
import { asTenant } from '../tenancy/observed/tenant-namespace.ts'
import { uniqueSubjects } from '../tenancy/subjects/listed-subjects.ts'
import { subjectName } from '../kubernetes/binding-subjects.ts'
import { conditionsOf } from '../kubernetes/conditions.ts'

/** Finds when access ends, by namespace, role and subject: from Tenants for their home namespaces, and from TenantNamespaces. */
export function expiries (
  tenants: readonly ObservedObject[], further: readonly ObservedObject[]
): (namespace: string, role: string, subject: string) => string | undefined {
  const parents = [...tenants as ObservedTenant[], ...(further as ObservedTenant[]).map(asTenant)]
  const found = new Map(parents.map(readLooseTenant).flatMap(({ namespace = '', subjects: { lists } }) =>
    [...lists].flatMap(([role, listed = []]) => uniqueSubjects(listed).map(subject =>
      [keyOf(namespace, role, subjectName(subject)), textAt({ ...subject }, 'expiresAt')] as const))))
  return (namespace, role, subject) => found.get(keyOf(namespace, role, subject)) || undefined
}

function keyOf (...parts: string[]): string {
  return JSON.stringify(parts)
}

/** Access that Tenants list, and that is not in force: it has ended, or waits for the Tenant. */
export function notesOfTenant (tenant: ObservedObject): string[] {
  const { expired } = fieldsAt(tenant, 'status')
  const ended = Array.isArray(expired) ? expired.length : 0
  const { name } = tenant.metadata
  const isReady = conditionsOf(tenant).some(({ type, status }) => type === 'Ready' && status === 'True')
  return [
    ...ended === 0 ? [] : [`the access of ${ended} of the subjects that Tenant ${name} lists has ended: k8s-mtp get ${name}`],
    ...isReady ? [] : [`Tenant ${name} is not Ready, so its list may differ from the access: k8s-mtp why ${name}`]
  ]
}
