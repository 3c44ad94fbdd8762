import { docsAddress } from '../api/group.ts'
import { fieldsAt, listAt } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { plural } from '../plural.ts'
import { packageVersion } from '../version.ts'
import { failed, few, ok, skipped, warning, type Result } from './finding.ts'
import { readContainers, repositoryOf, tagOf } from './workload.ts'

interface ServiceName { namespace: string, name: string }

const page = `${docsAddress}/operations.md#all-replicas-of-the-hook-are-down`
const outside = skipped('the URL of the hook is no Service of this cluster')

/**
 * Whether the Service of the hook has pods that respond.
 * @param name undefined for a hook outside of the cluster
 */
export function hookEndpoints (
  name: ServiceName | undefined, service: ObservedObject | undefined, slices: readonly ObservedObject[]
): Result {
  if (name === undefined) return outside
  const text = `Service ${name.namespace}/${name.name}`
  if (service === undefined) {
    return failed(`${text}, which the CompositeControllers call, does not exist`,
      `Run helm upgrade, or change the URL of the hook: hook.url of the chart. See ${page}`)
  }
  const endpoints = slices.flatMap(slice => listAt({ ...slice }, 'endpoints'))
  const ready = endpoints.filter(endpoint => fieldsAt(endpoint, 'conditions')['ready'] !== false)
  return ready.length > 0
    ? ok(`${text} has ${plural(ready.length, 'ready endpoint')}`)
    : failed(`${text} has no ready endpoint`, `Look for the reason: kubectl --namespace ${name.namespace} describe pods ` +
      `--selector=app.kubernetes.io/component=hook. See ${page}`)
}

/**
 * Whether the pods of the hook have the version of this program, by the tag of their image.
 * @param pods those that the Service selects
 */
export function hookVersion (name: ServiceName | undefined, pods: readonly ObservedObject[]): Result {
  if (name === undefined) return outside
  const versions = hookVersions(pods)
  if (versions.length === 0) return skipped('the hook has no pods')
  if (versions.every(version => version === packageVersion)) return ok(`hook ${packageVersion}`)
  return warning(`the hook has version ${few(versions)}, and this program ${packageVersion}`,
    `Use the program of the same version, or run helm upgrade with version ${packageVersion} of the chart.`)
}

/** By the tags of the images, `unknown` for an image by digest only; several during a rollout. */
export function hookVersions (pods: readonly ObservedObject[]): string[] {
  const images = pods.flatMap(pod => {
    const containers = readContainers(fieldsAt(pod, 'spec')).map(({ image }) => image)
    return containers.find(image => repositoryOf(image).endsWith('k8s-mtp')) ?? containers.slice(0, 1)
  })
  return [...new Set(images.map(image => tagOf(image)?.replace(/^v(?=\d)/, '') ?? 'unknown'))].sort()
}
