import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createKubeClient } from '../cluster/client.ts'
import { createAuthority } from '../support/certificates.ts'
import { inClusterConnection, ownNamespace } from './in-cluster.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-account-')) })
afterEach(() => rmSync(folder, { recursive: true }))

const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }
const write = (files: Record<string, string>): void => {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
}

test('connects as the ServiceAccount of the pod', () => {
  write({ token: 'secret', 'ca.crt': 'PEM', namespace: 'here\n' })
  expect(inClusterConnection(env, folder)).toEqual({
    server: 'https://10.96.0.1:443', ca: 'PEM', authentication: { tokenFile: join(folder, 'token') }
  })
  expect(inClusterConnection({ ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' }, folder).server).toBe('https://[fd00::1]:443')
  expect(ownNamespace(folder)).toBe('here')
})

test.each([
  ['without a Service', {}, ['token', 'ca.crt']],
  ['without a port', { KUBERNETES_SERVICE_HOST: '10.96.0.1' }, ['token', 'ca.crt']],
  ['without a token', env, ['ca.crt']]
])('%s, names both ways to give an API server', (_, env, files) => {
  write(Object.fromEntries(files.map(name => [name, 'x'])))
  expect(() => inClusterConnection(env, folder)).toThrow(/set --kubeconfig or KUBECONFIG, or run in a pod, with KUBERNETES_SERVICE_HOST/)
  expect(ownNamespace(folder)).toBeUndefined()
})

test('sends each request with the token that the file has at that time', async () => {
  const authority = createAuthority('servers')
  const tokens: unknown[] = []
  const server = createServer(authority.issue({ name: 'api-server', usage: 'serverAuth', local: true }), (request, response) => {
    tokens.push(request.headers.authorization)
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    write({ token: 'first\n', 'ca.crt': authority.cert })
    const client = createKubeClient(inClusterConnection({ KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) }, folder))
    await client.request('GET', '/version')
    write({ token: 'second\n' })
    await client.request('GET', '/version')
    await client.close()
    expect(tokens).toEqual(['Bearer first', 'Bearer second'])
  } finally {
    server.close()
  }
})
