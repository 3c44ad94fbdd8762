import { ApiError, isRecord } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import type { Installed } from './install.ts'
import { containersOf, podOf, recordsIn, type PodTemplate } from './objects.ts'
import type { ChartTenant } from './tenant.ts'

/** A namespace outside of tenants, with the defaults for containers of the class. */
export interface Reference { client: KubeClient, namespace: string }

/** Creates it with a copy of the LimitRanges of a Tenant: what those fill in is no change by a policy. */
export async function openReference (client: KubeClient, namespace: string, tenant: ChartTenant): Promise<Reference> {
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const kind = { apiVersion: 'v1', kind: 'LimitRange' }
  const { items } = await client.list(kind, { namespace: tenant.namespace })
  for (const { metadata: { name }, spec } of items) await client.create({ ...kind, metadata: { name, namespace }, spec })
  return { client, namespace }
}

/**
 * Describes what mutating policies changed, by comparing each object with what a cluster admin would get for it outside of tenants, and
 * the pods of workloads likewise.
 */
export async function changesIn ({ admitted }: Installed, tenant: ChartTenant, reference: Reference): Promise<string[]> {
  const changes: string[] = []
  for (const { sent, stored } of admitted) {
    const { kind, metadata: { name } } = stored
    const plain = await created(reference.client, inNamespace(sent, reference.namespace))
    if (plain !== undefined) changes.push(...differences(comparable(plain), comparable(stored)).map(change => `${kind} ${name}: ${change}`))
    const pod = kind === 'Pod' ? undefined : podOf(stored)
    if (pod === undefined) continue
    const [ours, others] = await Promise.all([
      created(tenant.admin, inNamespace(podFrom(pod, stored), tenant.namespace)),
      created(reference.client, inNamespace(podFrom(pod, stored), reference.namespace))
    ])
    if (ours === undefined || others === undefined) continue
    changes.push(...differences(comparable(others), comparable(ours)).map(change => `pods of ${kind} ${name}: ${change}`))
  }
  return changes
}

/** Undefined where the API server refuses it: then there is nothing to compare with. */
async function created (client: KubeClient, object: KubeObject): Promise<KubeObject | undefined> {
  return await client.create(object, { dryRun: true, fieldManager: 'helm' }).catch((error: unknown) => {
    if (error instanceof ApiError) return undefined
    throw error
  })
}

function inNamespace (object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace } }
}

/**
 * The pod of a template. The reference namespace has no ServiceAccount but the default, so a pod with one of its own is compared without
 * its token.
 */
function podFrom ({ metadata = {}, spec }: PodTemplate, { kind, spec: owner }: KubeObject): KubeObject {
  const { serviceAccount, serviceAccountName: account = serviceAccount ?? 'default', ...rest } = spec
  const claims = isRecord(owner) && kind === 'StatefulSet' ? recordsIn(owner.volumeClaimTemplates) : []
  const volumes = claims.map(({ metadata }) => ({ name: isRecord(metadata) ? metadata.name : '', emptyDir: {} }))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: 'compared' },
    spec: {
      ...rest,
      ...(account !== 'default' && { automountServiceAccountToken: false }),
      volumes: [...recordsIn(rest.volumes), ...volumes]
    }
  }
}

const ofServer = ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'managedFields', 'namespace', 'selfLink', 'name', 'generateName']
const ofService = ['clusterIP', 'clusterIPs', 'healthCheckNodePort']

/** Without what the API server sets for each object anew. */
function comparable (object: KubeObject): Record<string, unknown> {
  const { metadata: { uid = '-', namespace = '-' } } = object
  const text = JSON.stringify(object).replaceAll(uid, 'UID').replaceAll(namespace, 'NAMESPACE').replaceAll(/kube-api-access-\w+/g, 'kube-api-access')
  const { status: _, ...copy } = withoutToken(JSON.parse(text) as KubeObject)
  const metadata = Object.fromEntries(Object.entries(copy.metadata).filter(([key]) => !ofServer.includes(key)))
  if (copy.kind !== 'Service' || !isRecord(copy.spec)) return { ...copy, metadata }
  const ports = recordsIn(copy.spec.ports).map(({ nodePort: _, ...port }) => port)
  return { ...copy, metadata, spec: { ...Object.fromEntries(Object.entries(copy.spec).filter(([key]) => !ofService.includes(key))), ports } }
}

/** The token of a pod as one field, instead of a volume and a mount of each container. */
export function withoutToken (object: KubeObject): KubeObject {
  if (object.kind !== 'Pod' || !isRecord(object.spec)) return object
  const { spec } = object
  const others = (list: unknown): object[] => recordsIn(list).filter(({ name }) => name !== 'kube-api-access')
  for (const container of containersOf(object as unknown as PodTemplate)) container.volumeMounts = others(container.volumeMounts)
  const hasToken = recordsIn(spec.volumes).some(({ name }) => name === 'kube-api-access')
  return { ...object, spec: { ...spec, volumes: others(spec.volumes), ...(hasToken && { token: 'of its ServiceAccount' }) } }
}

/** Lists `path: value`, `path: value, not former` and `no path` of all fields that differ. */
export function differences (from: unknown, to: unknown, path = ''): string[] {
  if (isRecord(from) && isRecord(to)) {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])]
      .flatMap(key => differences(from[key], to[key], path === '' ? key : `${path}.${key}`))
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((item, index) => differences(item, to[index], `${path}[${index}]`))
  }
  const [before, after] = [JSON.stringify(from), JSON.stringify(to)]
  if (before === after) return []
  if (after === undefined) return [`no ${path}`]
  return [`${path}: ${shortened(after)}${before === undefined ? '' : `, not ${shortened(before)}`}`]
}

function shortened (text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)} ...` : text
}
