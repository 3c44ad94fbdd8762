import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, isNotFound, isRecord } from './api-error.ts'
import type { KubeClient } from './client.ts'
import { ENGINE_USER } from './credentials.ts'
import { describe, refOf, type KubeObject } from './kube-object.ts'
import { readKustomization, readManifests } from './manifests.ts'
import { repositoryPath } from './paths.ts'

const FIELD_MANAGER = 'k8s-mtp-install'

/** How long a kind or a namespace that was just created may take to be there for others, in milliseconds. */
const PATIENCE = 30_000

/** Metacontroller's CRDs and ours, until the API server serves them. */
export async function installCrds (client: KubeClient): Promise<void> {
  const crds = [
    ...readManifests(repositoryPath('test/cluster/metacontroller-install/crds.yaml')),
    ...readManifests(repositoryPath('crds'))
  ]
  await Promise.all(crds.map(crd => applyManifest(client, crd)))
  await Promise.all(crds.map(crd => waitEstablished(client, crd)))
}

/** Where the engine reaches the hook. */
export interface Route {
  /** The origin, such as `http://127.0.0.1:8080`. */
  url: string
  /** How long it waits for an answer, as Go writes it; by default what the kustomize base says. */
  timeout?: string
  /** What its webhooks hold besides: caBundle, clientTLS, authorization. */
  webhook?: object
  /** What those refer to. */
  objects?: KubeObject[]
}

/** What the engine may do, and the kustomize base with the hook's URLs pointing at a hook on this machine. */
export async function installPlatform (client: KubeClient, route: Route): Promise<void> {
  await applyManifests(client, readManifests(repositoryPath('test/cluster/metacontroller-install/rbac.yaml')))
  await applyManifests(client, route.objects ?? [])
  const base = readKustomization(repositoryPath('metacontroller'))
  await applyManifests(client, base.map(object => withHookAt(object, route)))
  await waitAggregated(client)
}

/** The engine would only try again after a second what it may not do yet: its ClusterRole is put together by the controller manager. */
async function waitAggregated (client: KubeClient): Promise<void> {
  const deadline = Date.now() + PATIENCE
  const engine = client.as(ENGINE_USER)
  for (;;) {
    try {
      await engine.list({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant' })
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
    await sleep(50)
  }
}

/** Server-side apply, namespaces and CRDs first; what is not served yet is tried again. */
export async function applyManifests (client: KubeClient, objects: KubeObject[]): Promise<KubeObject[]> {
  const isFirst = ({ kind }: KubeObject): boolean => kind === 'Namespace' || kind === 'CustomResourceDefinition'
  const first = await Promise.all(objects.filter(isFirst).map(object => applyManifest(client, object)))
  const rest = await Promise.all(objects.filter(object => !isFirst(object)).map(object => applyManifest(client, object)))
  return [...first, ...rest]
}

async function applyManifest (client: KubeClient, object: KubeObject): Promise<KubeObject> {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    try {
      return await client.apply(object, { fieldManager: FIELD_MANAGER, force: true })
    } catch (error) {
      if (!isNotFound(error) || Date.now() > deadline) throw named(error, object)
    }
    await sleep(100)
  }
}

async function waitEstablished (client: KubeClient, crd: KubeObject): Promise<void> {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const conditions = conditionsOf(await client.get(refOf(crd)))
    if (conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return
    if (Date.now() > deadline) throw new Error(`${describe(refOf(crd))} was not established: ${JSON.stringify(conditions)}`)
    await sleep(50)
  }
}

/** Replaces the origin of the sync and customize hooks, their timeout where another is wanted, and nothing else; adds what the route says. */
function withHookAt (object: KubeObject, { url, timeout, webhook: more }: Route): KubeObject {
  if (object.kind !== 'CompositeController' || !isRecord(object.spec) || !isRecord(object.spec.hooks)) return object
  const hooks = Object.fromEntries(Object.entries(object.spec.hooks).map(([name, hook]) => {
    if (!isRecord(hook) || !isRecord(hook.webhook) || typeof hook.webhook.url !== 'string') return [name, hook]
    const { pathname } = new URL(hook.webhook.url)
    return [name, { ...hook, webhook: { ...hook.webhook, url: new URL(pathname, url).href, ...(timeout !== undefined && { timeout }), ...more } }]
  }))
  return { ...object, spec: { ...object.spec, hooks } }
}

export interface Condition { type: string, status: string, reason: string, message: string }

/** The conditions in an object's status, with '' for what is missing. */
export function conditionsOf (object: KubeObject): Condition[] {
  const conditions = isRecord(object.status) ? object.status.conditions : undefined
  const text = (value: unknown): string => typeof value === 'string' ? value : ''
  return (Array.isArray(conditions) ? conditions : []).filter(isRecord).map(({ type, status, reason, message }) => ({
    type: text(type), status: text(status), reason: text(reason), message: text(message)
  }))
}

function named (error: unknown, object: KubeObject): unknown {
  if (!(error instanceof ApiError)) return error
  return new ApiError(error.code, error.reason, `${describe(refOf(object))}: ${error.message}`, error.body)
}
