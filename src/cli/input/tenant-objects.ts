import type { TenantClass } from '../../api/tenant-class.ts'
import type { Tenant } from '../../api/tenant.ts'
import type { Finding } from '../../lint/finding.ts'
import { problemFindings } from '../../lint/policy-findings.ts'
import type { Sourced } from '../../lint/source.ts'
import { desiredFor } from '../../tenancy/desired/desired-state.ts'
import type { Manifest } from '../../tenancy/desired/manifest.ts'

/** The Tenant's objects, or the findings of the Tenant or its class that prevent them. */
export interface TenantObjects { manifests: Manifest[], findings: Finding[] }

/** Computes the desired state of a Tenant, as the hook does. Subjects that have expired are left out. */
export function tenantObjects (tenant: Sourced<Tenant>, tenantClass: Sourced<TenantClass>, now = new Date()): TenantObjects {
  const { desired, problems } = desiredFor(tenant.object, tenantClass.object, now)
  return problems === undefined
    ? { manifests: [desired.namespace, ...desired.contents], findings: [] }
    : { manifests: [], findings: problemFindings(problems, { tenant, tenantClass }) }
}
