import type { TenantClass } from '../../api/tenant-class.ts'
import type { Tenant } from '../../api/tenant.ts'
import type { Violation } from '../../api/validation/checker.ts'
import { desiredFor } from '../../tenancy/desired/desired-state.ts'
import type { Manifest } from '../../tenancy/desired/manifest.ts'
import { at, type Sourced } from './manifest-set.ts'

/** The Tenant's objects, or the findings of the Tenant or its class that prevent them. */
export interface TenantObjects { manifests: Manifest[], findings: string[] }

/** Computes the desired state of a Tenant, as the hook does. Subjects that have expired are left out. */
export function tenantObjects (tenant: Sourced<Tenant>, tenantClass: Sourced<TenantClass>, now = new Date()): TenantObjects {
  const { desired, problems } = desiredFor(tenant.object, tenantClass.object, now)
  if (problems === undefined) return { manifests: [desired.namespace, ...desired.contents], findings: [] }
  const sourceOf = (reason: string) => (reason === 'ClassInvalid' ? tenantClass : tenant).source
  return { manifests: [], findings: problems.map(problem => at(sourceOf(problem.reason), problem)) }
}

export function classNotFoundIn (className: string, names: readonly string[]): Violation {
  return { path: ['spec', 'className'], message: `TenantClass ${className} does not exist. Create it, or use one of: ${names.join(', ')}.` }
}
