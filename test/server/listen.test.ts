import { expect, test } from 'vitest'
import { serverCertificate } from '../../src/server/credentials/server-certificate.ts'
import { createServer } from '../../src/server/listen.ts'
import { createAuthority } from '../support/certificates.ts'

const { cert, key } = createAuthority('test authority').issue({ name: 'hook' })
const tls = { certificate: () => serverCertificate(cert, key), clientAuthorities: () => undefined, onChange () {} }

/** How long Metacontroller keeps a connection that nobody uses, in milliseconds. */
const idleInMetacontroller = 90_000

test.each([['plain HTTP', undefined], ['TLS', tls]])('over %s connections are kept longer than Metacontroller keeps them, and nobody is waited for for ever', (_, tls) => {
  const { keepAliveTimeout, headersTimeout, requestTimeout } = createServer(() => {}, tls)
  expect(keepAliveTimeout).toBeGreaterThan(idleInMetacontroller)
  expect([headersTimeout, requestTimeout]).toEqual([10_000, 30_000])
})
