import { once } from 'node:events'
import { Agent } from 'node:https'
import { createConnection } from 'node:net'
import { connect } from 'node:tls'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { defaultClass, tenant } from '../../support/objects.ts'
import { createAuthority, type KeyAndCertificate } from '../../support/certificates.ts'
import { mountForTest } from '../../support/mounted.ts'
import { syncRequest } from '../../support/requests.ts'
import { ask } from '../../support/ask.ts'
import { served, type ServedOptions } from '../../support/served.ts'

const servers = createAuthority('servers')
const clients = createAuthority('clients')
const server = servers.issue({ name: 'hook', usage: 'serverAuth', local: true })
const metacontroller = clients.issue({ name: 'metacontroller', usage: 'clientAuth' })
const [token, nextToken] = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210']
const ca = servers.cert

const body = syncRequest({ tenant: tenant(), classes: [defaultClass()] })
const routes: Array<[string, unknown]> = [['/sync', body], ['/customize', { parent: body.parent }]]

/** Serves a hook that requires a client certificate and a token. */
async function strict (options: ServedOptions = {}) {
  const mounted = mountForTest({ 'tls.crt': server.cert, 'tls.key': server.key, 'ca.crt': clients.cert, token }, options.finished)
  const { file } = mounted
  const files = { tls: { certFile: file('tls.crt'), keyFile: file('tls.key'), clientCaFile: file('ca.crt') }, tokenFile: file('token') }
  return { mounted, ...await served(files, options) }
}

describe('a hook that requires a client certificate and a token', () => {
  it.each(routes)('responds to %s for a caller with both', async (path, body) => {
    const { port } = await strict()
    expect(await ask(port, path, { ca, ...metacontroller, token, body })).toMatchObject({ status: 200, subject: 'hook' })
  })

  const rejected: Array<[string, { token?: string } & Partial<KeyAndCertificate>, string, string]> = [
    ['no credentials', {}, 'NoCertificate', 'set clientTLS in the webhooks'],
    ['only a token', { token }, 'NoCertificate', 'set clientTLS in the webhooks'],
    ['only a certificate', metacontroller, 'NoToken', 'set authorization in the webhooks'],
    ['another token', { ...metacontroller, token: nextToken }, 'WrongToken', 'is not in K8S_MTP_TOKEN_FILE'],
    [
      'a certificate of another CA',
      { ...createAuthority('others').issue({ name: 'metacontroller', usage: 'clientAuth' }), token },
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'signed by a CA'
    ],
    [
      'a certificate of another CA of the same name',
      { ...createAuthority('clients').issue({ name: 'metacontroller', usage: 'clientAuth' }), token },
      'CERT_SIGNATURE_FAILURE',
      'signed by a CA'
    ],
    [
      'a server certificate',
      { ...clients.issue({ name: 'metacontroller', usage: 'serverAuth' }), token },
      'INVALID_PURPOSE',
      'allow clientAuth'
    ],
    [
      'an expired certificate',
      { ...clients.issue({ name: 'metacontroller', notAfter: new Date('2020-01-01T00:00:00Z') }), token },
      'CERT_HAS_EXPIRED',
      'valid now'
    ]
  ]
  it.each(rejected.flatMap(caller => routes.map(route => [...route, ...caller] as const)))(
    'responds with 401 to %s from a caller with $2',
    async (path, body, _, credentials, reason, message) => {
      const { port, lines } = await strict()
      const response = await ask(port, path, { ca, ...credentials, body })
      expect(response).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="k8s-mtp"' } })
      expect(Object.keys(JSON.parse(response.text))).toEqual(['statusCode', 'error', 'message'])
      expect(response.text).toContain(message)
      await vi.waitFor(() =>
        expect(lines.map(line => JSON.parse(line) as object)).toContainEqual(
          expect.objectContaining({
            result: 'unauthenticated',
            reason,
            from: '127.0.0.1',
            statusCode: 401,
            msg: path.slice(1)
          })
        )
      )
      expect((await ask(port, '/metrics', { ca })).text).toContain(
        `k8s_mtp_sync_requests_total{hook="${path.slice(1)}",result="unauthenticated"} 1`
      )
      expect(lines.join('')).not.toMatch(new RegExp(`${token}|${nextToken}`))
    }
  )

  it('accepts a certificate without extended key usage', async () => {
    const { port } = await strict()
    expect(await ask(port, '/sync', { ca, ...clients.issue({ name: 'x' }), token, body })).toMatchObject({ status: 200 })
  })

  it.each(['/healthz', '/readyz', '/metrics', '/openapi.json'])('responds to %s without authentication', async path => {
    const { port } = await strict()
    expect(await ask(port, path, { ca })).toMatchObject({ status: 200 })
  })

  it('responds before it reads the body', async () => {
    const { port } = await strict()
    const socket = connect({ port, host: '127.0.0.1', ca })
    onTestFinished(() => { socket.destroy() })
    socket.write('POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 15000000\r\n\r\n{')
    const [chunk] = await once(socket, 'data') as [Buffer]
    expect(String(chunk)).toMatch(/^HTTP\/1.1 401/)
  })

  it.each([`bearer  ${token}`, `BEARER ${token}`])('accepts the scheme of a token in any case', async authorization => {
    const { app } = await served({ tls: undefined, tokenFile: mountForTest({ token }).file('token') })
    expect(await app.inject({ method: 'POST', url: '/sync', payload: body, headers: { authorization } })).toMatchObject({ statusCode: 200 })
  })

  it.each(['', 'Bearer', `Basic ${token}`, token, `Bearer ${token} ${token}`, `Bearer ${token},`])(
    'rejects the Authorization header "%s"',
    async authorization => {
      const { app } = await served({ tls: undefined, tokenFile: mountForTest({ token }).file('token') })
      expect(
        await app.inject({ method: 'POST', url: '/sync', payload: body, headers: { authorization } })
      ).toMatchObject({ statusCode: 401 })
    }
  )

  it('rejects requests on a connection whose certificate has expired since', async () => {
    let now = new Date()
    const { port } = await strict({ now: () => now })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => { agent.destroy() })
    const options = { ca, ...metacontroller, token, body, agent }
    expect(await ask(port, '/sync', options)).toMatchObject({ status: 200 })
    now = new Date(Date.now() + 2 * 24 * 60 * 60 * 1000)
    expect(await ask(port, '/sync', options)).toMatchObject({ status: 401 })
  })
})

describe('over TLS', () => {
  it('supports only TLS 1.3, and no plain HTTP', async () => {
    const { port } = await strict()
    await expect(ask(port, '/healthz', { ca, maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/)
    const socket = createConnection(port, '127.0.0.1').setEncoding('utf8')
    socket.on('error', () => {}).write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
    let response = ''
    for await (const chunk of socket) response += String(chunk)
    expect(response).not.toContain('200')
  })

  it('offers no session to resume', async () => {
    const { port } = await strict()
    const socket = connect({ port, host: '127.0.0.1', ca, ...metacontroller })
    onTestFinished(() => { socket.destroy() })
    const sessions: unknown[] = []
    socket.on('session', session => sessions.push(session))
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'data')
    const again = connect({ port, host: '127.0.0.1', ca, session: socket.getSession() })
    onTestFinished(() => { again.destroy() })
    await once(again, 'secureConnect')
    expect([again.isSessionReused(), socket.isSessionReused()]).toEqual([false, false])
  })
})

/** Files are polled every second, and loaded at the second poll. */
const poll = { timeout: 10_000, interval: 100 }

describe.concurrent('credential changes at runtime', { timeout: 20_000 }, () => {
  it('serves a new certificate, and keeps it when the next one is invalid', async ({ expect, onTestFinished }) => {
    const { mounted, port, lines } = await strict({ finished: onTestFinished })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => { agent.destroy() })
    expect(await ask(port, '/healthz', { ca, agent })).toMatchObject({ subject: 'hook' })
    const notAfter = new Date('2040-01-01T00:00:00Z')
    const next = servers.issue({ name: 'next', usage: 'serverAuth', local: true, notAfter })
    const rest = { 'ca.crt': clients.cert, token }
    mounted.swap({ 'tls.crt': next.cert, 'tls.key': next.key, ...rest })
    await vi.waitFor(async () => expect(await ask(port, '/healthz', { ca })).toMatchObject({ subject: 'next' }), poll)
    expect(await ask(port, '/healthz', { ca, agent })).toMatchObject({ status: 200, subject: 'hook' })
    expect((await ask(port, '/metrics', { ca })).text).toContain(
      `k8s_mtp_tls_certificate_expiry_timestamp_seconds ${notAfter.getTime() / 1000}\n`
    )

    mounted.swap({ 'tls.crt': next.cert, 'tls.key': server.key, ...rest })
    await vi.waitFor(() => expect(lines.join('')).toContain('certificate and private key do not match'), poll)
    expect(await ask(port, '/sync', { ca, ...metacontroller, token, body })).toMatchObject({ status: 200, subject: 'next' })
    const { text } = await ask(port, '/metrics', { ca })
    expect(text).toContain('k8s_mtp_credential_reloads_total{credential="certificate",result="loaded"} 1')
    expect(text).toContain('k8s_mtp_credential_reloads_total{credential="certificate",result="refused"} 1')
    expect(lines.join('')).not.toContain('PRIVATE KEY')
  })

  it('accepts old and new tokens during a rotation', async ({ expect, onTestFinished }) => {
    const { mounted, port } = await strict({ finished: onTestFinished })
    const status = async (token: string) => (await ask(port, '/sync', { ca, ...metacontroller, token, body })).status
    const rest = { 'tls.crt': server.cert, 'tls.key': server.key, 'ca.crt': clients.cert }
    mounted.swap({ ...rest, token: `${token}\n${nextToken}\n` })
    await vi.waitFor(async () => expect([await status(token), await status(nextToken)]).toEqual([200, 200]), poll)
    mounted.swap({ ...rest, token: nextToken })
    await vi.waitFor(async () => expect([await status(token), await status(nextToken)]).toEqual([401, 200]), poll)
  })

  it('uses new client CAs, and closes connections verified by the former ones', async ({ expect, onTestFinished }) => {
    const { mounted, port } = await strict({ finished: onTestFinished })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => { agent.destroy() })
    const caller = { ca, ...metacontroller, token, body }
    expect(await ask(port, '/sync', { ...caller, agent })).toMatchObject({ status: 200 })
    const nextClients = createAuthority('next clients')
    mounted.swap({ 'tls.crt': server.cert, 'tls.key': server.key, 'ca.crt': nextClients.cert, token })
    const next = nextClients.issue({ name: 'metacontroller', usage: 'clientAuth' })
    await vi.waitFor(async () => expect(await ask(port, '/sync', { ...caller, ...next })).toMatchObject({ status: 200 }), poll)
    expect(await ask(port, '/sync', { ...caller, agent })).toMatchObject({ status: 401 })
    expect(await ask(port, '/sync', caller)).toMatchObject({ status: 401 })
  })
})
