import type { DryRun, DryRunAnswer, Identity, Permission, Place, Resource } from '../../kubernetes/api-request.ts'
import { fieldsAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { ClusterError, unless } from './cluster-error.ts'
import { connect, type ConnectionOptions, type Send } from './connection.ts'
import { dryRun } from './dry-run.ts'
import { groupPath, pathOf } from './paths.ts'

/** Reads and patches objects; every method rejects with a ClusterError if the API server refuses. */
export interface Cluster {
  /** Undefined if the object does not exist. */
  find (resource: Resource, place: Place & { name: string }): Promise<ObservedObject | undefined>
  list (resource: Resource, place?: Place): Promise<ObservedObject[]>
  /** Patches fields of the metadata by JSON merge patch. */
  patchMetadata (resource: Resource, object: ObservedObject, metadata: Record<string, unknown>): Promise<void>
  /**
   * Applies a cluster-scoped object by forced server-side apply and returns the stored object. Ignores a namespace in
   * its metadata, which some tools write.
   */
  apply (resource: Resource, object: { metadata: { name: string } }, fieldManager: string): Promise<ObservedObject>
  /** Asks the API server, which only some users may do. */
  isAllowed (user: string, permission: Permission): Promise<boolean>
  /** Asks the API server about the caller, which every authenticated user may do. */
  isAllowedToCaller (permission: Permission): Promise<boolean>
  /** Asks the API server about a user with these groups, which only some users may do. */
  isAllowedTo (identity: Identity, permission: Permission): Promise<boolean>
  /** Sends a dry run as another user, which only some users may do. Nothing is stored. */
  dryRunAs (identity: Identity, request: DryRun): Promise<DryRunAnswer>
  /** The version of the API server, such as `v1.36.3`. */
  serverVersion (): Promise<string>
  /** Lists the namespaced kinds of an API group in its preferred version. */
  servedResources (group: string): Promise<Resource[]>
  /** Lists the cluster-scoped kinds of an API group in its preferred version. */
  clusterScopedResources (group: string): Promise<Resource[]>
  /** Returns why the API server refuses to create an object in a dry run; undefined if it would, or for another reason than permission. */
  refusalOf (resource: Resource, object: Fields): Promise<string | undefined>
  /** Undefined if the API server does not serve the kind. */
  resourceOf (kind: { apiVersion: string, kind: string }): Promise<Resource | undefined>
}

const breakGlass = 'This command needs a cluster admin in a break-glass group, because guardrails protect the ' +
  'objects of Tenants. For example: --as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'

/** Objects per page of a list. */
const pageSize = 500

/**
 * @param adviceWhenForbidden printed after a 403; by default the advice for changes to guarded objects
 * @throws InputError if the kubeconfig cannot be used
 */
export async function openCluster (options: ConnectionOptions, adviceWhenForbidden = breakGlass): Promise<Cluster> {
  const send = await connect(options, adviceWhenForbidden)
  return {
    find: async (resource, place) => await unless(404, send('GET', pathOf(resource, place)), () => undefined) as ObservedObject | undefined,
    list: async (resource, place = {}) => await listAll(send, resource, place),
    async patchMetadata (resource, object, metadata) {
      await send('PATCH', pathOf(resource, object.metadata), { type: 'merge', content: { metadata } })
    },
    async apply (resource, object, fieldManager) {
      const path = pathOf(resource, { name: object.metadata.name }, { fieldManager, force: 'true' })
      return await send('PATCH', path, { type: 'apply', content: object }) as ObservedObject
    },
    isAllowed: async (user, permission) => await reviewAccess(send, permission, { user, groups: groupsOf(user) }),
    isAllowedTo: async (identity, permission) => await reviewAccess(send, permission, identity),
    dryRunAs: async (identity, request) => await dryRun(send, identity, request),
    isAllowedToCaller: async permission => await reviewAccess(send, permission),
    serverVersion: async () => (await send('GET', '/version') as { gitVersion: string }).gitVersion,
    servedResources: async group => await servedResources(send, group, true),
    clusterScopedResources: async group => await servedResources(send, group, false),
    refusalOf: async (resource, object) => await refusalOf(send, resource, object),
    resourceOf: async kind => await findResource(send, kind)
  }
}

/** The response to a list request. */
interface List { metadata: { continue?: string }, items: ObservedObject[] }

async function listAll (send: Send, resource: Resource, place: Place): Promise<ObservedObject[]> {
  const { apiVersion, kind } = resource
  const found: ObservedObject[] = []
  let next: string | undefined
  do {
    const page = { limit: String(pageSize), ...(next !== undefined && { continue: next }) }
    const { metadata, items } = await send('GET', pathOf(resource, place, page)) as List
    // The API server omits both fields from the items of a list.
    found.push(...items.map(item => ({ ...item, apiVersion, kind })))
    next = metadata.continue === '' ? undefined : metadata.continue
  } while (next !== undefined)
  return found
}

async function servedResources (send: Send, group: string, isNamespaced: boolean): Promise<Resource[]> {
  const response = group === ''
    ? { preferredVersion: { groupVersion: 'v1' } }
    : await unless(404, send('GET', `/apis/${encodeURIComponent(group)}`), () => undefined)
  if (response === undefined) return []
  const { preferredVersion: { groupVersion: apiVersion } } = response as { preferredVersion: { groupVersion: string } }
  const list = await send('GET', groupPath(apiVersion))
  const { resources } = list as { resources: Array<{ name: string, kind: string, namespaced: boolean }> }
  return resources.filter(({ name, namespaced }) => namespaced === isNamespaced && !name.includes('/'))
    .map(({ name, kind }) => ({ apiVersion, kind, resource: name }))
}

/** Missing permissions, and quotas that the object itself fills, are no answer. */
async function refusalOf (send: Send, resource: Resource, object: Fields): Promise<string | undefined> {
  const { namespace } = fieldsAt(object, 'metadata') as { namespace: string }
  try {
    await send('POST', pathOf(resource, { namespace }, { dryRun: 'All' }), { type: 'create', content: object })
    return undefined
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code === 401 || error.code >= 500) throw error
    const [, message = ''] = /is forbidden: (.*)$/s.exec(error.response) ?? []
    if (/^User .* cannot create resource/.test(message)) throw error
    return error.code !== 403 || message.startsWith('exceeded quota') ? undefined : message.replace(/^.*denied request: /s, '')
  }
}

async function findResource (send: Send, { apiVersion, kind }: { apiVersion: string, kind: string }): Promise<Resource | undefined> {
  const response = await unless(404, send('GET', groupPath(apiVersion)), () => ({ resources: [] }))
  const { resources } = response as { resources: Array<{ name: string, kind: string }> }
  const found = resources.find(resource => resource.kind === kind && !resource.name.includes('/'))
  return found && { apiVersion, kind, resource: found.name }
}

/**
 * @param identity by default the caller
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
async function reviewAccess (send: Send, { resource: path, ...permission }: Permission, identity?: Identity): Promise<boolean> {
  const [resource = '', ...parts] = path.split('/')
  // The keys of userextras have slashes.
  const subresource = parts.join('/')
  const apiVersion = 'authorization.k8s.io/v1'
  const kind = identity === undefined ? 'SelfSubjectAccessReview' : 'SubjectAccessReview'
  const content = { apiVersion, kind, spec: { ...identity, resourceAttributes: { ...permission, resource, subresource } } }
  const review = await send('POST', `${groupPath(apiVersion)}/${kind.toLowerCase()}s`, { type: 'create', content })
  return (review as { status: { allowed: boolean } }).status.allowed
}

/** Those that the API server gives to a ServiceAccount. */
function groupsOf (user: string): string[] {
  const [, , namespace = ''] = user.split(':')
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
}
