import { labels } from '../../api/group.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { managedNamespaces } from '../../view/tenant-namespaces.ts'
import { ClusterError } from '../cluster/cluster-error.ts'
import { openCluster } from '../cluster/cluster.ts'
import { resources } from '../../kubernetes/resources.ts'
import { createReader } from '../cluster/reader.ts'
import { InputError } from '../input/input-error.ts'
import { advice, note, type Scope, type ViewOptions } from './scope.ts'

/** What `why` is asked about: all namespaces of a Tenant, or one. */
export interface Target extends Scope {
  about: { kind: 'Tenant' | 'Namespace', name: string }
  only: string[]
}

/**
 * Finds a Tenant of the name, or else a namespace.
 * @throws InputError if neither exists, or the caller may read neither
 */
export async function openTarget (given: string, options: Omit<ViewOptions, 'namespace'>): Promise<Target> {
  const [, prefix, name = ''] = /^(?:(tenant|namespace)\/)?(.*)$/s.exec(given) ?? []
  const scope: Scope = { reader: createReader(await openCluster(options, advice)), tenants: [], only: [], notReadable: [] }
  const attempt = { notReadable: [] as string[] }
  const tenant = prefix === 'namespace' ? undefined : await note(attempt, scope.reader.cluster.find(resources.tenants, { name }))
  if (tenant !== undefined) return { ...scope, tenants: [tenant], about: { kind: 'Tenant', name }, only: managedNamespaces(tenant) }
  if (prefix === 'tenant') throw missing(name, attempt.notReadable)
  return await targetOfNamespace(scope, name, attempt.notReadable)
}

async function targetOfNamespace (scope: Scope, name: string, refusals: readonly string[]): Promise<Target> {
  const { cluster } = scope.reader
  const namespace = await cluster.find(resources.namespaces, { name }).catch((error: unknown) => {
    throw error instanceof ClusterError && error.code === 403 ? missing(name, [...refusals, error.response]) : error
  })
  if (namespace === undefined) throw missing(name, [])
  const tenant = await tenantOf(scope, namespace)
  return { ...scope, namespace, tenants: tenant === undefined ? [] : [tenant], about: { kind: 'Namespace', name }, only: [name] }
}

async function tenantOf (scope: Scope, { metadata: { name, labels: found } }: ObservedObject): Promise<ObservedObject | undefined> {
  const tenant = found?.[labels.tenant]
  if (tenant === undefined) {
    throw new InputError(`namespace ${name} is not of a Tenant. To make it a namespace of one: k8s-mtp adopt TENANT ${name}.`)
  }
  return await note(scope, scope.reader.cluster.find(resources.tenants, { name: tenant }))
}

function missing (name: string, [refusal]: readonly string[]): InputError {
  return new InputError(refusal === undefined
    ? `no Tenant and no namespace has the name ${name}. List Tenants: k8s-mtp get.`
    : `you may read neither a Tenant nor a namespace ${name}: ${refusal}. ${advice}`)
}
