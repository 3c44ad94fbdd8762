import type { DryRun, DryRunAnswer, Identity, Permission, Place, Resource } from '../kubernetes/api-request.ts'
import type { ObservedObject } from '../kubernetes/object.ts'

/** All that checks ask the API server. None of it writes; each rejects where the caller lacks the permission to ask. */
export interface Api {
  isAllowed (identity: Identity, permission: Permission): Promise<boolean>
  dryRun (identity: Identity, request: DryRun): Promise<DryRunAnswer>
  list (resource: Resource, place?: Place): Promise<ObservedObject[]>
  /** Undefined where the API server does not serve the kind. */
  listServed (resource: Resource, place?: Place): Promise<ObservedObject[] | undefined>
  /** The resources of a group that have no namespace; none where the group cannot be discovered. */
  clusterScoped (group: string): Promise<string[]>
  /** Undefined if the object does not exist. */
  find (resource: Resource, place: Place & { name: string }): Promise<ObservedObject | undefined>
}
