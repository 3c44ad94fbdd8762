import type { Resource } from '../../kubernetes/api-request.ts'
import { labels } from '../../api/group.ts'
import { allGuardrails } from '../../guardrails/all-guardrails.ts'
import { defaultParties } from '../../guardrails/guardrail.ts'
import { displayName, type ObservedObject } from '../../kubernetes/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { createdObject } from './created-object.ts'
import { openRules } from './open-rules.ts'

/** What would be refused today, for one reason. */
export interface Refused {
  namespace: string
  /** `Pod/web-0`, and all others of the same controller. */
  objects: string[]
  message: string
}

const atOnce = 10

/** The kinds whose creation a class bounds, as far as the API server serves them. */
export async function boundedResources (cluster: Cluster): Promise<Resource[]> {
  const rules = allGuardrails(defaultParties).filter(({ hasParameter, action }) => hasParameter === true && action !== 'Warn')
    .flatMap(({ resources }) => resources)
  const names = new Set(rules.filter(({ operations }) => operations.includes('CREATE'))
    .flatMap(({ group, resources }) => resources.map(resource => `${resource}.${group}`)))
  const groups = [...new Set(rules.map(({ group }) => group))]
  const served = await Promise.all(groups.map(async group => await cluster.servedResources(group)))
  return served.flatMap((resources, index) => resources.filter(({ resource }) => names.has(`${resource}.${groups[index] ?? ''}`)))
}

/** Asks the API server about each object of a namespace that is not the Tenant's own, by creating it again in a dry run. */
export async function refusedWorkloads (cluster: Cluster, resources: readonly Resource[], namespace: string): Promise<Refused[]> {
  const refused = new Map<string, Refused>()
  for (const resource of resources) {
    const objects = (await cluster.list(resource, { namespace })).filter(({ metadata }) =>
      metadata.deletionTimestamp === undefined && metadata.labels?.[labels.tenant] === undefined)
    for (let start = 0; start < objects.length; start += atOnce) {
      const some = objects.slice(start, start + atOnce)
      const messages = await Promise.all(some.map(async object =>
        openRules(object) ?? await cluster.refusalOf(resource, createdObject(object))))
      messages.forEach((message, index) => {
        const object = some[index]
        if (object !== undefined && message !== undefined) add(refused, object, message)
      })
    }
  }
  return [...refused.values()]
}

/** Pods of one workload are refused for one reason. */
function add (refused: Map<string, Refused>, object: ObservedObject, message: string): void {
  const { namespace = '', ownerReferences = [] } = object.metadata
  const owner = ownerReferences.find(({ controller }) => controller === true)?.uid ?? displayName(object)
  const key = JSON.stringify([owner, message])
  const found = refused.get(key) ?? { namespace, objects: [], message }
  refused.set(key, { ...found, objects: [...found.objects, displayName(object)] })
}
