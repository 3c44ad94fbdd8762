import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import type { KeyRef, ObjectName, Webhook } from './controller-spec.ts'

/** How a webhook is reached, and with what. */
export interface Endpoint {
  /** PEM; in place of what the system trusts. */
  ca?: string
  /** PEM. */
  client?: { cert: string, key: string }
  /** The header of that name. */
  authorization?: string
}

export type ReadData = (where: ObjectName & { resource: 'secrets' | 'configmaps' }) => Promise<KubeObject | undefined>

/** Reads what a webhook refers to, once: it is not read again when a Secret changes, but when the CompositeController does. Rejects where something is missing. */
export async function resolveEndpoint (webhook: Webhook | undefined, read: ReadData): Promise<Endpoint> {
  const { caBundle, clientTLS, authorization } = webhook ?? {}
  const value = async (resource: 'secrets' | 'configmaps', { name, namespace, key = '' }: KeyRef): Promise<string> => {
    const found = await read({ resource, name, namespace })
    if (found === undefined) throw new Error(`there is no ${namespace}/${name} in ${resource}`)
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
  if ([inline, secretRef, configMapRef].filter(source => source !== undefined).length !== 1) throw new Error('a caBundle has one of inline, secretRef and configMapRef')
  const withKey = (ref: KeyRef) => ({ ...ref, key: ref.key || 'ca.crt' })
  const pem = inline ?? (secretRef === undefined ? undefined : await value('secrets', withKey(secretRef))) ??
    (configMapRef === undefined ? '' : await value('configmaps', withKey(configMapRef)))
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('a caBundle holds no certificate')
  return pem
}

async function clientPair ({ secretRef, certKey, privateKeyKey }: NonNullable<Webhook['clientTLS']>, value: ReadValue): Promise<{ cert: string, key: string }> {
  const [cert, key] = [await value('secrets', { ...secretRef, key: certKey || 'tls.crt' }), await value('secrets', { ...secretRef, key: privateKeyKey || 'tls.key' })]
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('the key of a clientTLS does not fit its certificate')
  return { cert, key }
}

async function header ({ type = '', secretRef }: NonNullable<Webhook['authorization']>, value: ReadValue): Promise<string> {
  if (type.trim().toLowerCase() === 'basic') throw new Error('an authorization of the type Basic is a basicAuth')
  return `${type.trim() || 'Bearer'} ${(await value('secrets', secretRef)).trim()}`
}
