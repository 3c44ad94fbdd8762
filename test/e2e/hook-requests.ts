import { request as startRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { request } from 'undici'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { client, platform } from './context.ts'
import { objectsOf, tenantRef } from './tenants.ts'

type ObjectMap = Record<string, Record<string, KubeObject>>

/** The request of Metacontroller to the sync hook, hook version v2. */
export interface SyncRequest {
  controller: KubeObject
  parent: KubeObject
  children: ObjectMap
  related: ObjectMap
  finalizing: boolean
}

const childKinds = [
  'Namespace.v1', 'LimitRange.v1', 'ResourceQuota.v1', 'WorkloadPolicy.k8s-mtp.dev/v1',
  'NetworkPolicy.networking.k8s.io/v1', 'Role.rbac.authorization.k8s.io/v1',
  'RoleBinding.rbac.authorization.k8s.io/v1', 'TenantNamespace.k8s-mtp.dev/v1'
]

/** Builds the request that Metacontroller would send for a Tenant, from the objects in the cluster. */
export async function syncRequestOf (tenant: { name: string, namespace: string }): Promise<SyncRequest> {
  const [parent, controller, own, further, classes] = await Promise.all([
    client().get(tenantRef(tenant.name)),
    client().get({ apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController', name: 'k8s-mtp' }),
    objectsOf(tenant),
    client().list({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace' }, { labelSelector: `k8s-mtp.dev/tenant=${tenant.name}` }),
    client().list({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass' })
  ])
  const objects = [...own, ...further.items]
  const ofKind = (key: string) => objects.filter(({ apiVersion, kind }) => `${kind}.${apiVersion}` === key)
  return {
    controller,
    parent,
    children: Object.fromEntries(childKinds.map(key => [key, byKey(ofKind(key))])),
    related: { 'TenantClass.k8s-mtp.dev/v1': byKey(classes.items), 'Namespace.v1': byKey(ofKind('Namespace.v1')) },
    finalizing: false
  }
}

function byKey (objects: KubeObject[]): Record<string, KubeObject> {
  return Object.fromEntries(objects.map(object => {
    const { name, namespace } = object.metadata
    return [namespace === undefined ? name : `${namespace}/${name}`, object]
  }))
}

export interface HookResponse {
  code: number
  body: Record<string, unknown>
}

export interface HookRequest {
  body?: unknown
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path?: string
  contentType?: string | undefined
}

/** Calls the running hook. A body that is neither text nor bytes is sent as JSON. */
export async function callHook (
  { body, method = 'POST', path = '/sync', contentType = 'application/json' }: HookRequest
): Promise<HookResponse> {
  const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body ?? null : JSON.stringify(body)
  const response = await request(
    platform().hookUrl + path,
    { method, headers: contentType === '' ? {} : { 'content-type': contentType }, body: raw }
  )
  const parsed: unknown = JSON.parse(await response.body.text())
  return { code: response.statusCode, body: isRecord(parsed) ? parsed : { parsed } }
}

/** Announces a body of that many bytes, sends one, and waits for the response. */
export async function announceBody (bytes: number): Promise<HookResponse> {
  const sent = startRequest(
    `${platform().hookUrl}/sync`,
    { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': bytes } }
  )
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      sent.once('response', resolve).once('error', reject).write('{'))
    return { code: response.statusCode ?? 0, body: JSON.parse(await text(response)) as Record<string, unknown> }
  } finally {
    sent.once('error', () => {}).destroy()
  }
}

/** `Kind namespace/name` of all children of a request or response. */
export function identities (objects: unknown): string[] {
  const list = Array.isArray(objects)
    ? objects
    : Object.values(isRecord(objects) ? objects : {}).flatMap(ofKind => Object.values(isRecord(ofKind) ? ofKind : {}))
  return list.map((object: KubeObject) => `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`).sort()
}
