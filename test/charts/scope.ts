import { isNotFound } from '../cluster/api-error.ts'
import type { Discovery } from '../cluster/discovery.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { containersOf, podOf, recordsIn, type PodTemplate } from './objects.ts'

/** Names what no tenant can have: kinds outside of namespaces, kinds that are not served, and access to the node. */
export async function outOfScope (objects: KubeObject[], discovery: Discovery, namespace: string): Promise<string[]> {
  const found: string[] = []
  for (const object of objects) {
    const { kind, metadata: { name = '', namespace: other = namespace } } = object
    const scope = await scopeOf(object, discovery)
    if (scope !== 'namespace') found.push(`${scope} ${kind} ${name}`)
    else if (other !== namespace) found.push(`${kind} ${name} in namespace ${other}`)
    const pod = podOf(object)
    if (pod !== undefined) found.push(...[...hostAccess(pod), ...removedVolumes(pod)].map(what => `${what} of ${kind} ${name}`))
  }
  return [...new Set(found)]
}

async function scopeOf (object: KubeObject, discovery: Discovery): Promise<'namespace' | 'cluster-scoped' | 'not served:'> {
  try {
    return (await discovery.resolve(object)).namespaced ? 'namespace' : 'cluster-scoped'
  } catch (error) {
    if (isNotFound(error)) return 'not served:'
    throw error
  }
}

/** Fields that give a pod access to its node. */
export function hostAccess (pod: PodTemplate): string[] {
  const { spec } = pod
  const containers = containersOf(pod)
  const isPrivileged = ({ securityContext }: Record<string, unknown>): boolean =>
    (securityContext as { privileged?: unknown } | undefined)?.privileged === true
  const hasHostPort = ({ ports }: Record<string, unknown>): boolean =>
    recordsIn(ports).some(({ hostPort = 0 }) => hostPort !== 0)
  return [
    ...['hostNetwork', 'hostPID', 'hostIPC'].filter(field => spec[field] === true),
    ...(recordsIn(spec.volumes).some(volume => volume.hostPath !== undefined) ? ['hostPath'] : []),
    ...(containers.some(isPrivileged) ? ['privileged'] : []),
    ...(containers.some(hasHostPort) ? ['hostPort'] : [])
  ]
}

/**
 * Types of volumes that no kubelet mounts any more.
 * Source: https://kubernetes.io/docs/concepts/storage/volumes/#volume-types
 */
const removed = ['cephfs', 'flocker', 'gitRepo', 'glusterfs', 'photonPersistentDisk', 'quobyte', 'rbd', 'scaleIO', 'storageos']

function removedVolumes ({ spec }: PodTemplate): string[] {
  return removed.filter(type => recordsIn(spec.volumes).some(volume => volume[type] !== undefined))
    .map(type => `removed volume type ${type}`)
}
