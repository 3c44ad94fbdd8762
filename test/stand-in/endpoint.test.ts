import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { createAuthority } from '../support/certificates.ts'
import { controllerSpec, type Webhook } from './controller-spec.ts'
import { resolveEndpoint, type ReadData } from './endpoint.ts'
import { hookCall } from './hook-call.ts'

const authority = createAuthority('test authority')
const server = authority.issue({ name: 'hook', usage: 'serverAuth', local: true })
const client = authority.issue({ name: 'metacontroller', usage: 'clientAuth' })

const base64 = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
const secret = {
  'ca.crt': authority.cert,
  'tls.crt': client.cert,
  'tls.key': client.key,
  token: ' geheim\n',
  other: 'x',
  empty: '',
  'other.key': server.key
}
const objects: Record<string, KubeObject> = {
  'secrets/ns/all': { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'all' }, data: base64(secret) },
  'configmaps/ns/all': {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'all' },
    data: { 'ca.crt': authority.cert, 'my.crt': server.cert }
  }
}
const read: ReadData = async ({ resource, namespace, name }) => objects[`${resource}/${namespace}/${name}`]
const all = { name: 'all', namespace: 'ns' }

describe('the endpoint of a webhook', () => {
  test.each<[string, Webhook, object]>([
    ['is plain by default', {}, {}],
    ['has an inline authority', { caBundle: { inline: authority.cert } }, { ca: authority.cert }],
    ['has an authority from a Secret, by the default key', { caBundle: { secretRef: all } }, { ca: authority.cert }],
    [
      'has an authority from a ConfigMap, by the default key',
      { caBundle: { configMapRef: all } },
      { ca: authority.cert }
    ],
    ['has an authority by another key', { caBundle: { configMapRef: { ...all, key: 'my.crt' } } }, { ca: server.cert }],
    ['has a client certificate by the default keys', { clientTLS: { secretRef: all } }, { client }],
    [
      'has a trimmed bearer token',
      { authorization: { secretRef: { ...all, key: 'token' } } },
      { authorization: 'Bearer geheim' }
    ],
    [
      'has a token of another type',
      { authorization: { type: 'Token', secretRef: { ...all, key: 'token' } } },
      { authorization: 'Token geheim' }
    ]
  ])('%s', async (_, webhook, endpoint) => {
    expect(await resolveEndpoint(webhook, read)).toEqual(endpoint)
  })

  test.each<[string, Webhook, string]>([
    ['two sources of one authority', { caBundle: { inline: 'x', secretRef: all } }, 'one of'],
    ['no source', { caBundle: {} }, 'one of'],
    ['an authority without a certificate', { caBundle: { inline: 'x' } }, 'no certificate'],
    [
      'a Secret that does not exist',
      { caBundle: { secretRef: { name: 'x', namespace: 'ns' } } },
      'ns/x does not exist in secrets'
    ],
    ['a key that does not exist', { caBundle: { configMapRef: { ...all, key: 'x' } } }, 'has no key x'],
    ['an empty value', { caBundle: { secretRef: { ...all, key: 'empty' } } }, 'has no key empty'],
    [
      'a key of another certificate',
      { clientTLS: { secretRef: all, privateKeyKey: 'other.key' } },
      'does not match its certificate'
    ],
    ['the type Basic', { authorization: { type: 'basic', secretRef: { ...all, key: 'token' } } }, 'basicAuth']
  ])('is refused for %s', async (_, webhook, message) => {
    await expect(resolveEndpoint(webhook, read)).rejects.toThrow(message)
  })

  test('is not supported with basicAuth', () => {
    const spec = { hooks: { sync: { webhook: { url: 'http://x', basicAuth: { secretRef: all } } } } }
    expect(() => controllerSpec({
      apiVersion: 'metacontroller.k8s.io/v1alpha1',
      kind: 'CompositeController',
      metadata: { name: 'x' },
      spec
    })).toThrow('basicAuth')
  })
})

describe('a call', () => {
  async function listening (): Promise<string> {
    const https = createServer({
      ...server,
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: false
    }, (request, response) => {
      const { socket } = request
      const name = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate().subject.CN : 'nobody'
      response.end(JSON.stringify({ name, authorization: request.headers.authorization }))
    })
    await new Promise<void>(resolve => https.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => { https.close() })
    return `https://127.0.0.1:${(https.address() as AddressInfo).port}/sync`
  }

  test('sends certificate and token to a server with a certificate of its authority', async () => {
    const url = await listening()
    const endpoint = await resolveEndpoint({
      caBundle: { secretRef: all },
      clientTLS: { secretRef: all },
      authorization: { secretRef: { ...all, key: 'token' } }
    }, read)
    expect(JSON.parse(await hookCall({ url }, endpoint)({}))).toEqual({
      name: 'metacontroller',
      authorization: 'Bearer geheim'
    })
    expect(JSON.parse(await hookCall({ url }, { ca: authority.cert })({}))).toEqual({ name: 'nobody' })
    await expect(hookCall({ url }, { ca: createAuthority('another').cert })({})).rejects.toThrow(/certificate/)
    await expect(hookCall({ url })({})).rejects.toThrow(/certificate/)
  })
})
