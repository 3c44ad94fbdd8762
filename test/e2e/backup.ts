import { isAlreadyExists, isRecord } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { apiVersionOf, type ApiResource } from '../cluster/discovery.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

/**
 * The order in which Velero restores kinds: these first, then all others by name.
 * Source: defaultRestorePriorities in pkg/cmd/server/config/config.go of Velero.
 */
const first = [
  'persistentvolumeclaims', 'serviceaccounts', 'secrets', 'configmaps', 'limitranges', 'pods', 'replicasets', 'endpoints', 'services'
]

/** The objects of a namespace by kind, in the order of their restore. */
export type Backup = KubeObject[]

/** Reads a namespace with all of its objects. */
export async function backUp (client: KubeClient, namespace: string): Promise<Backup> {
  const resources = (await client.discovery.all())
    .filter(({ namespaced, verbs, plural }) => namespaced && verbs.includes('create') && verbs.includes('list') && plural !== 'events')
    .sort((one, other) => rank(one).localeCompare(rank(other)))
  const lists = await Promise.all(resources.map(({ kind, ...resource }) =>
    client.list({ apiVersion: apiVersionOf(resource), kind }, { namespace })))
  const found = await client.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace })
  return [found, ...lists.flatMap(({ items }) => items)]
}

function rank ({ plural }: ApiResource): string {
  const index = first.indexOf(plural)
  return index < 0 ? `${first.length} ${plural}` : String(index)
}

/**
 * Creates the objects of a backup in their order, except those that exist, and returns the errors by kind and name.
 * Like Velero, it keeps no owner, no uid, no status, and no address or node that the cluster assigned.
 */
export async function restore (client: KubeClient, backup: Backup): Promise<Record<string, string>> {
  const errors: Record<string, string> = {}
  for (const object of backup) {
    await client.create(restorable(object)).catch((error: unknown) => {
      if (!isAlreadyExists(error)) errors[`${object.kind}/${object.metadata.name}`] = error instanceof Error ? error.message : String(error)
    })
  }
  return errors
}

function restorable ({ metadata, spec, status: _, ...content }: KubeObject): KubeObject {
  const { name, namespace, labels, annotations } = metadata
  return {
    ...content,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(labels && { labels }), ...(annotations && { annotations }) },
    ...(isRecord(spec) && { spec: withoutAssigned(spec) })
  }
}

function withoutAssigned ({ nodeName: _, clusterIP: __, clusterIPs: ___, ...spec }: Record<string, unknown>): object {
  return spec
}
