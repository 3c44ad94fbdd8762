import type { Place, Resource } from '../../kubernetes/api-request.ts'
import { resources } from '../../kubernetes/resources.ts'
import { readParties } from '../../check/parties.ts'
import type { Parties } from '../../guardrails/guardrail.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { unless } from './cluster-error.ts'
import type { Cluster } from './cluster.ts'

/** Reads for several checks, each list once. */
export interface Reader {
  cluster: Cluster
  list (resource: Resource, place?: Place): Promise<ObservedObject[]>
  /** Undefined where the API server does not serve the kind. */
  listServed (resource: Resource): Promise<ObservedObject[] | undefined>
  /** Those that the installed guardrails name. */
  parties (): Promise<Parties>
}

export function createReader (cluster: Cluster): Reader {
  const lists = new Map<string, Promise<ObservedObject[]>>()
  const list = async (resource: Resource, place: Place = {}) => {
    const key = JSON.stringify([resource, place])
    const known = lists.get(key) ?? cluster.list(resource, place)
    lists.set(key, known)
    return await known
  }
  const listServed = async (resource: Resource) => await unless<ObservedObject[] | undefined>(404, list(resource), () => undefined)
  let parties: Promise<Parties> | undefined
  return {
    cluster,
    list,
    listServed,
    parties: async () => {
      parties ??= listServed(resources.validatingPolicies).then(policies => readParties(policies ?? []))
      return await parties
    }
  }
}
