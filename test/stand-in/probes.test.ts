import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { serveMetrics, serveProbes } from './probes.ts'

test('an address without a host is at the given one', async () => {
  const server = await serveProbes(':0', '127.0.0.1')
  const { address, port } = server?.address() as AddressInfo
  const codes = await Promise.all(['/healthz', '/readyz', '/metrics'].map(async path => (await fetch(`http://127.0.0.1:${port}${path}`)).status))
  server?.close()
  expect([address, codes]).toEqual(['127.0.0.1', [200, 200, 404]])
})

test('0 disables the server', async () => {
  expect(await serveMetrics('0', '127.0.0.1')).toBeUndefined()
})
