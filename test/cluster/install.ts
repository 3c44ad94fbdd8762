import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, isNotFound, isRecord } from './api-error.ts'
import type { KubeClient } from './client.ts'
import { ENGINE_USER } from './credentials.ts'
import { describe, refOf, type KubeObject } from './kube-object.ts'
import { readKustomization, readManifests } from './manifests.ts'
import { repositoryPath } from './paths.ts'

/** As our chart has them. */
const metacontrollerCrds = repositoryPath('chart/charts/metacontroller-crds/crds')

const FIELD_MANAGER = 'k8s-mtp-install'

/** How long a created kind or namespace may take to be served, in milliseconds. */
const TIMEOUT = 30_000

/** Installs the CRDs of Metacontroller and k8s-mtp, and waits until the API server serves them. */
export async function installCrds (client: KubeClient): Promise<void> {
  const crds = [
    ...readManifests(metacontrollerCrds),
    ...readManifests(repositoryPath('crds'))
  ]
  await Promise.all(crds.map(crd => applyManifest(client, crd)))
  await Promise.all(crds.map(crd => waitEstablished(client, crd)))
}

/** How the engine connects to the hook. */
export interface Route {
  /** The origin, such as `http://127.0.0.1:8080`. */
  url: string
  /** The webhook timeout, in the syntax of Go; by default that of the kustomize base. */
  timeout?: string
  /** Further fields of its webhooks: caBundle, clientTLS, authorization. */
  webhook?: object
  /** The objects that those refer to. */
  objects?: KubeObject[]
}

/** Installs the permissions of the engine, and the kustomize base with the URLs of a local hook. */
export async function installPlatform (client: KubeClient, route: Route): Promise<void> {
  await applyManifests(client, readManifests(repositoryPath('test/cluster/metacontroller-install/rbac.yaml')))
  await applyManifests(client, route.objects ?? [])
  const base = readKustomization(repositoryPath('metacontroller'))
  await applyManifests(client, base.map(object => withHookAt(object, route)))
  await installDefaults(client)
  await waitAggregated(client)
}

/** Installs what fills in defaults of pods, where the API server serves it: Kubernetes 1.36 and later. */
async function installDefaults (client: KubeClient): Promise<void> {
  if (await fillsInDefaults(client)) await applyManifests(client, readKustomization(repositoryPath('defaults')))
}

export async function fillsInDefaults (client: KubeClient): Promise<boolean> {
  try {
    await client.discovery.resolve({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingAdmissionPolicy' })
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

/** Waits until the controller manager has aggregated the engine's ClusterRole: the engine retries only after a second. */
async function waitAggregated (client: KubeClient): Promise<void> {
  const deadline = Date.now() + TIMEOUT
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

/** Applies manifests, namespaces and CRDs first; retries kinds that are not served yet. */
export async function applyManifests (client: KubeClient, objects: KubeObject[]): Promise<KubeObject[]> {
  const isFirst = ({ kind }: KubeObject): boolean => kind === 'Namespace' || kind === 'CustomResourceDefinition'
  const first = await Promise.all(objects.filter(isFirst).map(object => applyManifest(client, object)))
  const rest = await Promise.all(objects.filter(object => !isFirst(object))
    .map(object => applyManifest(client, object)))
  return [...first, ...rest]
}

async function applyManifest (client: KubeClient, object: KubeObject): Promise<KubeObject> {
  const deadline = Date.now() + TIMEOUT
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
  const deadline = Date.now() + TIMEOUT
  for (;;) {
    const conditions = conditionsOf(await client.get(refOf(crd)))
    if (conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return
    if (Date.now() > deadline) throw new Error(`${describe(refOf(crd))} was not established: ${JSON.stringify(conditions)}`)
    await sleep(50)
  }
}

/** Replaces the origin of the hooks and, where given, their timeout; adds the further fields of the route. */
function withHookAt (object: KubeObject, { url, timeout, webhook: more }: Route): KubeObject {
  if (object.kind !== 'CompositeController' || !isRecord(object.spec) || !isRecord(object.spec.hooks)) return object
  const hooks = Object.fromEntries(Object.entries(object.spec.hooks).map(([name, hook]) => {
    if (!isRecord(hook) || !isRecord(hook.webhook) || typeof hook.webhook.url !== 'string') return [name, hook]
    const { pathname } = new URL(hook.webhook.url)
    return [
      name,
      {
        ...hook,
        webhook: {
          ...hook.webhook,
          url: new URL(pathname, url).href,
          ...(timeout !== undefined && { timeout }),
          ...more
        }
      }
    ]
  }))
  return { ...object, spec: { ...object.spec, hooks } }
}

export interface Condition { type: string, status: string, reason: string, message: string }

/** Reads the conditions of an object's status, with '' for missing fields. */
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
