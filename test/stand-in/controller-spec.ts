import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import type { LabelSelector } from './label-selector.ts'
import type { UpdateMethod } from './plan-writes.ts'
import type { HookVersion } from './wire.ts'

export interface ResourceRule { apiVersion: string, resource: string }

export interface Webhook {
  url?: string
  timeout?: string
  path?: string
  service?: { name: string, namespace: string, port?: number, protocol?: string }
  responseUnMarshallMode?: 'loose' | 'strict'
  caBundle?: { inline?: string, secretRef?: KeyRef, configMapRef?: KeyRef }
  clientTLS?: { secretRef: ObjectName, certKey?: string, privateKeyKey?: string }
  authorization?: { type?: string, secretRef: KeyRef }
}

export interface ObjectName { name: string, namespace: string }
export interface KeyRef extends ObjectName { key?: string }

export interface Hook { version?: HookVersion, webhook?: Webhook }

/** The part of a CompositeController's spec that the stand-in supports. Its CRD has validated the types. */
export interface ControllerSpec {
  parentResource: ResourceRule & { labelSelector?: LabelSelector, ignoreStatusChanges?: boolean }
  childResources?: (ResourceRule & { updateStrategy?: { method?: UpdateMethod } })[]
  hooks?: { sync?: Hook, customize?: Hook }
  resyncPeriodSeconds?: number
  generateSelector?: boolean
}

/** Throws for features that the stand-in does not implement. */
export function controllerSpec (controller: KubeObject): ControllerSpec {
  const spec = isRecord(controller.spec) ? controller.spec : {}
  const missing = [...unsupported(spec)]
  if (missing.length > 0) throw new Error(`the stand-in does not support ${missing.join(', ')}`)
  return spec as unknown as ControllerSpec
}

function * unsupported (spec: Record<string, unknown>): Generator<string> {
  if (spec.endpointConfigs !== undefined) yield 'endpointConfigs'
  for (const child of Array.isArray(spec.childResources) ? spec.childResources.filter(isRecord) : []) {
    const method = isRecord(child.updateStrategy) ? child.updateStrategy.method : undefined
    if (method !== undefined && method !== 'OnDelete' && method !== 'InPlace') yield `the update method ${String(method)}`
  }
  for (const [name, hook] of Object.entries(isRecord(spec.hooks) ? spec.hooks : {})) {
    if (name !== 'sync' && name !== 'customize') yield `the hook ${name}`
    yield * unsupportedInWebhook(isRecord(hook) && isRecord(hook.webhook) ? hook.webhook : {})
  }
}

function * unsupportedInWebhook (webhook: Record<string, unknown>): Generator<string> {
  for (const field of ['etag', 'basicAuth']) {
    if (webhook[field] !== undefined) yield field
  }
}
