import { expect, test } from 'vitest'
import { serverCertificate } from '../../src/server/credentials/certificates.ts'
import { createServer } from '../../src/server/http-server.ts'
import { createAuthority } from '../support/certificates.ts'

const { cert, key } = createAuthority('test authority').issue({ name: 'hook' })
const tls = { certificate: () => serverCertificate(cert, key), clientAuthorities: () => undefined, onChange () {} }

/** Milliseconds for which Metacontroller keeps an idle connection. */
const idleInMetacontroller = 90_000

test.each([
  ['HTTP', undefined],
  ['TLS', tls]
])('the %s server keeps idle connections longer than Metacontroller, and has request timeouts', (_, tls) => {
  const { keepAliveTimeout, headersTimeout, requestTimeout } = createServer(() => {}, tls)
  expect(keepAliveTimeout).toBeGreaterThan(idleInMetacontroller)
  expect([headersTimeout, requestTimeout]).toEqual([10_000, 30_000])
})
