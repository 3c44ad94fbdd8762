import { isDeepStrictEqual } from 'node:util'
import { differencesBetween, type Fields } from '../../src/kubernetes/json.ts'
import { tenantAndEntry } from '../../src/api/tenant-namespace.ts'
import type { TenantStatus } from '../../src/api/tenant-status.ts'
import { namespaceName } from '../../src/api/tenant.ts'
import { compareText } from '../../src/kubernetes/compare-text.ts'
import { conditionsOf } from '../cluster/install.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { declaredPart } from '../support/declared-part.ts'
import type { ClusterState } from './cluster-state.ts'
import { keyOf } from './cluster-state.ts'
import type { Ledger } from './ledger.ts'
import {
  expectedNamespaces, expectedTenantNamespaces, isExpectedReady, namespaceNames, type ExpectedNamespace, type Model
} from './model.ts'
import { foreignPrefix } from './tampering.ts'

/** An object in which model and cluster differ. */
export interface Difference {
  object: string
  /** The Tenant or class, whose operations may have caused it. */
  concerns: string[]
  /** Each with the path of a field, the expected and the observed value. */
  lines: string[]
}

type Known = Pick<Ledger, 'data' | 'foreignLabels' | 'orphaned' | 'losses'>

/** Compares all that the model and the ledger know with the cluster, object by object. */
export function compare (model: Model, known: Known, cluster: ClusterState, now: Date): Difference[] {
  return [
    ...[...model.tenants.values()].flatMap(tenant => {
      const namespaces = expectedNamespaces(model, tenant, now)
      const { metadata: { name } } = tenant
      const differences = [
        ...tenantDifferences(model, tenant, cluster, now),
        ...expectedTenantNamespaces(tenant).flatMap(manifest => objectDifferences(manifest, cluster.tenantNamespaces.get(manifest.metadata.name))),
        ...namespaces.flatMap(namespace => namespaceDifferences(namespace, known, cluster))
      ]
      return differences.map(each => ({ ...each, concerns: [`Tenant ${name}`, ...each.concerns] }))
    }),
    ...leftovers(model, known, cluster),
    ...lostData(known, cluster)
  ]
}

const difference = (object: string, lines: string[], ...concerns: string[]): Difference[] =>
  lines.length === 0 ? [] : [{ object, lines, concerns: [object, ...concerns] }]

function tenantDifferences (model: Model, tenant: Parameters<typeof isExpectedReady>[1], cluster: ClusterState, now: Date): Difference[] {
  const { name } = tenant.metadata
  const observed = cluster.tenants.get(name)
  if (observed === undefined) return difference(`Tenant ${name}`, ['expected, and does not exist'])
  const spec = fieldLines(tenant.spec, observed.spec, 'spec')
  const className = tenant.spec.className
  if (!isExpectedReady(model, tenant, now)) return difference(`Tenant ${name}`, [...spec, ...notReadyLines(observed)])
  const listed = new Set(((observed as { status?: TenantStatus }).status?.namespaces ?? []).map(({ name }) => name))
  const expected = expectedNamespaces(model, tenant, now).map(({ name }) => name)
  const missing = expected.filter(name => !listed.has(name)).map(name => `status.namespaces: expected ${name}, which is not listed`)
  return difference(`Tenant ${name}`, [...spec, ...readyLines(observed, className, cluster), ...missing], `TenantClass ${className}`)
}

/** Ready, for its generation and the one of its class. */
function readyLines (observed: KubeObject, className: string, cluster: ClusterState): string[] {
  const { metadata: { generation }, status } = observed as KubeObject & { status?: TenantStatus }
  const ready = conditionsOf(observed).find(({ type }) => type === 'Ready')
  const tenantClass = cluster.classes.get(className)?.metadata
  const unready = (status?.namespaces ?? []).filter(({ ready, reason }) => !ready && reason !== 'NamespaceUnlisted')
  return [
    ...(ready?.status === 'True' && ready.reason === 'UpToDate'
      ? []
      : [`status.conditions: expected Ready True UpToDate, observed ${ready?.status} ${ready?.reason}: ${ready?.message}`]),
    ...equalLine('status.observedGeneration', generation, status?.observedGeneration),
    ...equalLine('status.class', `${className} ${tenantClass?.generation}`, `${status?.class?.name} ${status?.class?.generation}`),
    ...unready.map(({ name, reason, message }) => `status.namespaces: expected ${name} to be ready, observed ${reason}: ${message}`)
  ]
}

function notReadyLines (observed: KubeObject): string[] {
  const { metadata: { generation }, status } = observed as KubeObject & { status?: TenantStatus }
  const ready = conditionsOf(observed).find(({ type }) => type === 'Ready')
  return [
    ...equalLine('status.conditions: Ready', 'False', ready?.status),
    ...equalLine('status.observedGeneration', generation, status?.observedGeneration)
  ]
}

function namespaceDifferences ({ name, parent, className, manifests }: ExpectedNamespace, known: Known, cluster: ClusterState): Difference[] {
  if (manifests === undefined) return []
  const contents = new Map((cluster.contents.get(name) ?? []).map(object => [keyOf(object), object]))
  const observed = (manifest: KubeObject) => manifest.kind === 'Namespace' ? cluster.namespaces.get(name) : contents.get(keyOf(manifest))
  const expected = new Set(manifests.map(keyOf))
  const further = parent.kind === 'Tenant' ? undefined : cluster.tenantNamespaces.get(parent.name)
  const owner = further ?? (parent.kind === 'Tenant' ? cluster.tenants.get(parent.name) : undefined)
  return [
    ...(further === undefined ? [] : difference(`TenantNamespace ${parent.name}`, readyLines(further, className, cluster))),
    ...manifests.flatMap(manifest => objectDifferences(manifest, observed(manifest), known.foreignLabels.get(name), owner)),
    ...[...contents.values()].filter(object => !expected.has(keyOf(object))).flatMap(object => difference(keyOf(object), ['not expected, and exists']))
  ]
}

/** Compares all but labels of other tools; on a namespace, which lives on, these too. */
function objectDifferences (
  manifest: KubeObject, observed: KubeObject | undefined, foreign: Record<string, string> = {}, owner?: KubeObject
): Difference[] {
  const name = keyOf(manifest)
  if (observed === undefined) return difference(name, ['expected, and does not exist'])
  if (observed.metadata.deletionTimestamp !== undefined) return difference(name, ['expected, and is being deleted'])
  const labels = manifest.kind === 'Namespace' ? { ...foreign, 'kubernetes.io/metadata.name': manifest.metadata.name } : {}
  const expected = comparable({ ...manifest, metadata: { ...manifest.metadata, labels: { ...manifest.metadata.labels, ...labels } } }, true)
  const controller = observed.metadata.ownerReferences?.find(({ controller }) => controller === true)
  return difference(name, [
    ...fieldLines(expected, comparable(observed, manifest.kind === 'Namespace'), ''),
    ...(owner === undefined ? [] : equalLine('metadata.ownerReferences', owner.metadata.uid, controller?.uid))
  ])
}

/** Subjects have no order. */
function comparable (object: KubeObject, withForeign: boolean): unknown {
  const declared = structuredClone(declaredPart(object)) as { metadata: { labels: Record<string, string> }, subjects?: unknown }
  const labels = Object.entries(declared.metadata.labels).filter(([key]) => withForeign || !key.startsWith(foreignPrefix))
  declared.metadata.labels = Object.fromEntries(labels)
  if (Array.isArray(declared.subjects)) declared.subjects.sort((a, b) => compareText(textOf(a), textOf(b)))
  return declared
}

function textOf (value: unknown): string {
  return JSON.stringify(Object.entries(value as object).sort(([a], [b]) => compareText(a, b)))
}

/** What Tenants that no longer exist have left; and the namespaces of orphaned Tenants, which must stay. */
function leftovers (model: Model, known: Known, cluster: ClusterState): Difference[] {
  const expected = new Set([...model.tenants.values()].flatMap(tenant => namespaceNames(model, tenant)))
  const namespaces = [...cluster.namespaces.values()].filter(({ metadata: { name } }) => !expected.has(name) && !known.orphaned.has(name))
  const entries = [...cluster.tenantNamespaces.values()].filter(({ metadata: { name } }) => {
    const [tenant, entry] = tenantAndEntry(name)
    return !model.orphaned.has(tenant) && !expected.has(namespaceName({ metadata: { name: tenant }, spec: { name: entry } }))
  })
  return [
    ...[...cluster.tenants.values()].filter(({ metadata: { name } }) => !model.tenants.has(name)).flatMap(object => leftover(object)),
    ...[...namespaces, ...entries].flatMap(object => {
      const tenant = object.metadata.labels?.['k8s-mtp.dev/tenant']
      return tenant === undefined ? [] : leftover(object, `Tenant ${tenant}`)
    }),
    ...[...known.orphaned].flatMap(([name, uid]) => {
      const { uid: observed, deletionTimestamp } = cluster.namespaces.get(name)?.metadata ?? {}
      return difference(`Namespace ${name}`, [
        ...equalLine('metadata.uid', uid, observed), ...equalLine('metadata.deletionTimestamp', undefined, deletionTimestamp)
      ])
    })
  ]
}

function leftover (object: KubeObject, tenant?: string): Difference[] {
  const { deletionTimestamp, ownerReferences = [] } = object.metadata
  const owners = ownerReferences.map(({ kind, name, uid }) => `${kind} ${name} ${uid}`).join(', ') || 'none'
  const conditions = deletionTimestamp === undefined ? [] : conditionsOf(object).filter(({ status }) => status === 'True').map(({ message }) => message)
  const state = deletionTimestamp === undefined ? 'is not being deleted' : `is being deleted since ${deletionTimestamp}`
  return difference(keyOf(object), [`not expected, and exists; it ${state}; owners: ${owners}`, ...conditions], ...(tenant === undefined ? [] : [tenant]))
}

function lostData ({ data, losses }: Known, cluster: ClusterState): Difference[] {
  const changed = [...data].flatMap(([key, object]) => {
    const observed = cluster.data.get(key)
    if (observed === undefined) return difference(key, ['data of the team, and does not exist'])
    const fields = Object.keys(object).filter(field => !['apiVersion', 'kind', 'metadata', 'spec'].includes(field))
    return difference(key, fields.flatMap(field => fieldLines(object[field], observed[field], field)))
  })
  return [...changed, ...[...losses].flatMap(loss => difference(loss, ['an operation of the run deletes it, or nothing does']))]
}

function equalLine (path: string, expected: unknown, observed: unknown): string[] {
  return isDeepStrictEqual(expected, observed) ? [] : [`${path}: expected ${shown(expected)}, observed ${shown(observed)}`]
}

function fieldLines (expected: unknown, observed: unknown, path: string): string[] {
  if (isDeepStrictEqual(expected, observed)) return []
  const found = differencesBetween({ value: expected } as Fields, { value: observed } as Fields)
  const lines = found.map(({ path: [, ...steps], from, to }) => `${[path, ...steps].filter(step => step !== '').join('.')}: expected ${shown(from)}, observed ${shown(to)}`)
  return lines.length > 0 ? lines : [`${path}: expected ${shown(expected)}, observed ${shown(observed)}`]
}

function shown (value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
