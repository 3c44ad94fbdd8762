import type { Place, Resource } from '../../kubernetes/api-request.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import type { Api } from '../../verify/api.ts'
import { ClusterError, unless } from '../cluster/cluster-error.ts'
import type { Cluster } from '../cluster/cluster.ts'

/** Asks a cluster. Lists are read once a run, and questions asked once; dry runs are sent each time. */
export function liveApi (cluster: Cluster): Api {
  const once = <T>() => {
    const known = new Map<string, Promise<T>>()
    return async (key: unknown, ask: () => Promise<T>): Promise<T> => {
      const text = JSON.stringify(key)
      const answer = known.get(text) ?? ask()
      known.set(text, answer)
      return await answer
    }
  }
  const [lists, answers, scopes] = [once<ObservedObject[]>(), once<boolean>(), once<string[]>()]
  const list = async (resource: Resource, place: Place = {}) =>
    await lists([resource, place], async () => await cluster.list(resource, place))
  return {
    list,
    listServed: async (resource, place) => await unless<ObservedObject[] | undefined>(404, list(resource, place), () => undefined),
    clusterScoped: async group => await scopes(group, async () => await clusterScopedIn(cluster, group)),
    find: async (resource, place) => await cluster.find(resource, place),
    isAllowed: async (identity, permission) =>
      await answers([identity, permission], async () => await cluster.isAllowedTo(identity, permission)),
    dryRun: async (identity, request) => await cluster.dryRunAs(identity, request)
  }
}

/** An aggregated API that does not respond leaves the kinds of its group unknown. */
async function clusterScopedIn (cluster: Cluster, group: string): Promise<string[]> {
  try {
    return (await cluster.clusterScopedResources(group)).map(({ resource }) => resource)
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code === 401) throw error
    return []
  }
}
