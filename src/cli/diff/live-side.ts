import { Value } from '@sinclair/typebox/value'
import { quotaBelowUse } from '../../adoption/restrictions.ts'
import { usageIn } from '../../adoption/used-resources.ts'
import { labels } from '../../api/group.ts'
import { TenantClass } from '../../api/tenant-class.ts'
import { Tenant } from '../../api/tenant.ts'
import { checker, formatViolation, type Checked } from '../../api/validation/checker.ts'
import type { Side } from '../../diff/diff.ts'
import { namesOfNamespaces } from '../../diff/namespace-state.ts'
import type { DiffReport } from '../../diff/report.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { resources } from '../../kubernetes/resources.ts'
import { tenantsByNamespace } from '../../tenancy/desired/tenant-of-entry.ts'
import { ClusterError, unless } from '../cluster/cluster-error.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { InputError } from '../input/input-error.ts'
import { looseTenant } from './side-input.ts'

/** Both sides of a comparison with a cluster. */
export interface LiveSides { before: Side, after: Side, warnings: string[] }

/**
 * Compares with the objects of a cluster: Tenants that HEAD has, and those whose class it has. Other Tenants stay, since nothing
 * deletes them.
 */
export async function liveSides (cluster: Cluster, head: Side): Promise<LiveSides> {
  const [tenants, classes] = await Promise.all([
    unless(404, cluster.list(resources.tenants), () => {
      throw new InputError('this cluster does not serve the kind Tenant. Install k8s-mtp first, or choose another --context.')
    }),
    cluster.list(resources.classes)
  ])
  const warnings: string[] = []
  const invalid = new Map<string, ReturnType<typeof namesOfNamespaces>>()
  const read = <T>(object: ObservedObject, check: (value: unknown) => Checked<T>): T | undefined => {
    const checked = check(declared(object))
    if (checked.ok) return checked.value
    const loose = looseTenant(object)
    if (loose !== undefined) invalid.set(object.metadata.name, namesOfNamespaces(loose))
    const [violation] = checked.violations
    const why = violation === undefined ? 'it cannot be read' : formatViolation(violation)
    warnings.push(`the cluster has an invalid ${object.kind} ${object.metadata.name}: ${why}`)
    return undefined
  }
  const liveTenants = byName(tenants.flatMap(object => read(object, checkTenant) ?? []))
  const liveClasses = byName(classes.flatMap(object => read(object, checkClass) ?? []))
  const reached = new Map([...liveTenants].filter(([name, tenant]) => head.tenants.has(name) || usesClassOf(head, tenant)))
  return {
    before: { tenants: reached, classes: liveClasses, invalid: new Map([...invalid].filter(([name]) => head.tenants.has(name))) },
    after: { tenants: new Map([...reached, ...head.tenants]), classes: new Map([...liveClasses, ...head.classes]) },
    warnings
  }
}

const [checkTenant, checkClass] = [Tenant, TenantClass].map(schema => {
  const check = checker(schema)
  return (value: unknown) => check(Value.Default(schema, value))
}) as [(value: unknown) => Checked<Tenant>, (value: unknown) => Checked<TenantClass>]

/** What users write of an object, without what the API server adds. */
function declared ({ apiVersion, kind, metadata: { name }, spec }: ObservedObject): unknown {
  return { apiVersion, kind, metadata: { name }, spec }
}

function byName<T extends Tenant | TenantClass> (objects: readonly T[]): Map<string, T> {
  return new Map(objects.map(object => [object.metadata.name, object]))
}

function usesClassOf ({ classes }: Side, tenant: Tenant): boolean {
  return tenantsByNamespace(tenant).some(({ spec }) => classes.has(spec.className))
}

/** Warns of quotas that would allow less than the cluster counts now. */
export async function quotasBelowUse (cluster: Cluster, { tenants }: DiffReport): Promise<string[]> {
  const lowered = tenants.flatMap(({ namespaces }) => namespaces).filter(({ quotas }) => quotas.length > 0)
  if (lowered.length === 0) return []
  try {
    const quotas = await cluster.list(resources.quotas, { labelSelector: labels.tenant })
    const byNamespace = new Map<string, ObservedObject[]>()
    for (const quota of quotas) {
      const { namespace = '' } = quota.metadata
      byNamespace.set(namespace, [...byNamespace.get(namespace) ?? [], quota])
    }
    return lowered.flatMap(({ name, quotas }) => {
      const usage = usageIn(byNamespace.get(name) ?? [])
      return quotas.flatMap(({ quota, resource, after }) => {
        const restriction = after === undefined ? undefined : quotaBelowUse(quota, resource, after, usage)
        return restriction === undefined ? [] : [`${name}: ${restriction}`]
      })
    })
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code !== 403) throw error
    return ['ResourceQuotas cannot be listed, so the current use of quotas is unknown. It needs list on resourcequotas']
  }
}
