import type { TenantClass } from '../../src/api/tenant-class.ts'
import type { Tenant } from '../../src/api/tenant.ts'
import { diff, type DiffOptions, type Side } from '../../src/diff/diff.ts'
import type { ClassChange, DiffReport, NamespaceChange, TenantChange } from '../../src/diff/report.ts'
import { now } from '../support/requests.ts'
import { defaultClass } from '../support/objects.ts'

/** A side with these objects; the class default unless another has its name. */
export function side (tenants: readonly Tenant[], classes: readonly TenantClass[] = [defaultClass()]): Side {
  return {
    tenants: new Map(tenants.map(tenant => [tenant.metadata.name, tenant])),
    classes: new Map(classes.map(each => [each.metadata.name, each]))
  }
}

/** Compares two sides without problems. */
export function compared (before: Side, after: Side, options: Partial<DiffOptions> = {}): DiffReport {
  const { report, problems } = diff(before, after, { now, ...options })
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return report
}

export function tenantIn ({ tenants }: DiffReport, name = 'acme'): TenantChange {
  return tenants.find(tenant => tenant.name === name) ?? missing(name)
}

export function namespaceIn (report: DiffReport, name = 'tenant-acme-shop'): NamespaceChange {
  return report.tenants.flatMap(({ namespaces }) => namespaces).find(each => each.name === name) ?? missing(name)
}

export function classIn ({ classes }: DiffReport, name = 'default'): ClassChange {
  return classes.find(each => each.name === name) ?? missing(name)
}

function missing (name: string): never {
  throw new Error(`${name} is not reported`)
}
