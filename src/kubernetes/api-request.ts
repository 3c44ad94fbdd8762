import type { Fields } from './json.ts'

/** A kind, and its name in API paths. */
export interface Resource { apiVersion: string, kind: string, resource: string }

/** Selects objects of a kind. */
export interface Place { namespace?: string, name?: string, labelSelector?: string, fieldSelector?: string }

/** A user with its groups, as the API server authorizes them. */
export interface Identity { user: string, groups: readonly string[] }

/** One verb on a resource with its subresource, in all namespaces unless it names one. */
export interface Permission { group: string, resource: string, verb: string, name?: string, namespace?: string }

/** A write that the API server judges as any other, and does not store. */
export interface DryRun {
  verb: 'create' | 'patch' | 'delete'
  resource: Resource
  place: Place
  subresource?: string
  /** The object to create, or a JSON merge patch. */
  content?: Fields
}

/** What the API server says about a dry run. */
export interface DryRunAnswer {
  /** The HTTP status code, 200 for all that is admitted. */
  code: number
  /** Why it is refused; empty where it is admitted. */
  message: string
  /** The object as it would be stored. */
  object?: Fields
}
