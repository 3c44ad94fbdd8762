import type { Fields } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'

/** A kind, and its name in API paths. */
export interface Resource { apiVersion: string, kind: string, resource: string }

/** Selects objects of a kind. */
export interface Place { namespace?: string, name?: string, labelSelector?: string, fieldSelector?: string }

/** A user with its groups, as the API server authorizes them. */
export interface Identity { user: string, groups: readonly string[] }

/** One verb on a resource with its subresource, in all namespaces unless it names one. */
export interface Permission { group: string, resource: string, verb: string, name?: string, namespace?: string }

/** A write in a dry run. */
export interface DryRun {
  verb: 'create' | 'patch' | 'delete'
  resource: Resource
  place: Place
  subresource?: string
  content?: Fields
}

/** The response to a dry run: the object where it is admitted, otherwise the reason. */
export interface Answer { code: number, message: string, object?: Fields }

/** All that checks ask the API server. None of it writes; each rejects where the caller lacks the permission to ask. */
export interface Api {
  isAllowed (identity: Identity, permission: Permission): Promise<boolean>
  dryRun (identity: Identity, request: DryRun): Promise<Answer>
  list (resource: Resource, place?: Place): Promise<ObservedObject[]>
  /** Undefined where the API server does not serve the kind. */
  listServed (resource: Resource, place?: Place): Promise<ObservedObject[] | undefined>
  /** Undefined if the object does not exist. */
  find (resource: Resource, place: Place & { name: string }): Promise<ObservedObject | undefined>
}
