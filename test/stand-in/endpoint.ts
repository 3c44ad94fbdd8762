import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import type { KeyRef, ObjectName, Webhook } from './controller-spec.ts'

/** How to connect to a webhook, and with which credentials. */
export interface Endpoint {
  /** PEM; replaces the authorities of the system. */
  ca?: string
  /** PEM. */
  client?: { cert: string, key: string }
  /** The header of that name. */
  authorization?: string
}

export type ReadData = (where: ObjectName & { resource: 'secrets' | 'configmaps' }) => Promise<KubeObject | undefined>

/**
 * Reads the Secrets and ConfigMaps of a webhook once: again only when the CompositeController changes, not when they do.
 * Rejects where one is missing.
 */
export async function resolveEndpoint (webhook: Webhook | undefined, read: ReadData): Promise<Endpoint> {
  const { caBundle, clientTLS, authorization } = webhook ?? {}
  const value = async (resource: 'secrets' | 'configmaps', { name, namespace, key = '' }: KeyRef): Promise<string> => {
    const found = await read({ resource, name, namespace })
    if (found === undefined) throw new Error(`${namespace}/${name} does not exist in ${resource}`)
    const content = isRecord(found.data) ? found.data[key] : undefined
    if (typeof content !== 'string' || content === '') throw new Error(`${namespace}/${name} in ${resource} has no key ${key}`)
    return resource === 'secrets' ? Buffer.from(content, 'base64').toString() : content
  }
  return {
    ...(caBundle !== undefined && { ca: await authority(caBundle, value) }),
    ...(clientTLS !== undefined && { client: await clientPair(clientTLS, value) }),
    ...(authorization !== undefined && { authorization: await header(authorization, value) })
  }
}

type ReadValue = (resource: 'secrets' | 'configmaps', ref: KeyRef) => Promise<string>

async function authority ({ inline, secretRef, configMapRef }: NonNullable<Webhook['caBundle']>, value: ReadValue): Promise<string> {
  const sources = [inline, secretRef, configMapRef].filter(source => source !== undefined)
  if (sources.length !== 1) throw new Error('a caBundle needs one of inline, secretRef and configMapRef')
  const withKey = (ref: KeyRef) => ({ ...ref, key: ref.key || 'ca.crt' })
  const pem = inline ?? (secretRef === undefined ? undefined : await value('secrets', withKey(secretRef))) ??
    (configMapRef === undefined ? '' : await value('configmaps', withKey(configMapRef)))
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('a caBundle has no certificate')
  return pem
}

type ClientTls = NonNullable<Webhook['clientTLS']>

async function clientPair ({ secretRef, certKey, privateKeyKey }: ClientTls, value: ReadValue) {
  const [cert, key] = [
    await value('secrets', { ...secretRef, key: certKey || 'tls.crt' }),
    await value('secrets', { ...secretRef, key: privateKeyKey || 'tls.key' })
  ]
  const matches = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  if (!matches) throw new Error('the key of a clientTLS does not match its certificate')
  return { cert, key }
}

async function header ({ type = '', secretRef }: NonNullable<Webhook['authorization']>, value: ReadValue): Promise<string> {
  if (type.trim().toLowerCase() === 'basic') throw new Error('an authorization of the type Basic needs basicAuth')
  return `${type.trim() || 'Bearer'} ${(await value('secrets', secretRef)).trim()}`
}
