import { signatureOf } from './class-changes.ts'
import type { DiffReport, TenantChange } from './report.ts'

/** Tenants whose own changes are equal. What they change by their class alone is reported with the class. */
export interface Group { tenants: [TenantChange, ...TenantChange[]] }

/** Groups the Tenants with changes of their own, in the order of the report. */
export function groupsOf ({ tenants }: Pick<DiffReport, 'tenants'>): Group[] {
  const groups = new Map<string, Group>()
  for (const tenant of tenants) {
    const own = { ...tenant, namespaces: tenant.namespaces.filter(({ byClass }) => byClass === undefined) }
    if (isByClassAlone(tenant, own)) continue
    const key = keyOf(own)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { tenants: [own] })
    else group.tenants.push(own)
  }
  return [...groups.values()]
}

function isByClassAlone (tenant: TenantChange, own: TenantChange): boolean {
  return own.namespaces.length === 0 && tenant.namespaces.length > 0 && tenant.change === 'changed' &&
    tenant.deletionPolicy === undefined && tenant.paused === undefined
}

function keyOf ({ name, namespaces, ...tenant }: TenantChange): string {
  return JSON.stringify([tenant, namespaces.map(({ name: namespace, change, class: ofClass, deletionPolicy, ...effects }) =>
    [change, ofClass, deletionPolicy, signatureOf(effects, namespace, name)])])
}
