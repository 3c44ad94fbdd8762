import { expect, describe, it, onTestFinished } from 'vitest'
import { ConfigError } from '../../../src/server/config.ts'
import { clientAuthorities } from '../../../src/server/credentials/client-authorities.ts'
import { loadCredentials, type CredentialEvents } from '../../../src/server/credentials/credentials.ts'
import { serverCertificate } from '../../../src/server/credentials/server-certificate.ts'
import { tokens } from '../../../src/server/credentials/tokens.ts'
import { createAuthority } from '../../support/certificates.ts'
import { mountForTest } from '../../support/mounted.ts'

const authority = createAuthority('test authority')
const pair = authority.issue({ name: 'hook', usage: 'serverAuth', local: true })
const other = authority.issue({ name: 'other' })

describe('a certificate to serve', () => {
  it('is told by its subject and its end', () => {
    const notAfter = new Date('2040-01-02T03:04:05Z')
    const { cert, key } = authority.issue({ name: 'hook', notAfter })
    expect(serverCertificate(cert, key)).toEqual({ cert, key, subject: 'CN=hook', notAfter })
  })

  it('may have others behind it', () => {
    expect(serverCertificate(pair.cert + authority.cert, pair.key).subject).toBe('CN=hook')
  })

  it('may have expired: it is then for those who ask to refuse it', () => {
    const { cert, key } = authority.issue({ name: 'hook', notAfter: new Date('2020-01-01T00:00:00Z') })
    expect(serverCertificate(cert, key).notAfter.getUTCFullYear()).toBe(2020)
  })

  it.each([
    ['no certificate', '', pair.key, 'hold no certificate in PEM'],
    ['the key in its place', pair.key, pair.key, 'hold no certificate in PEM'],
    ['no key', pair.cert, 'nothing', 'hold no private key in PEM'],
    ['another one\'s key', pair.cert, other.key, 'do not belong together'],
    ['something broken behind it', `${pair.cert}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`, pair.key, 'cannot be served']
  ])('is refused with %s', (_, cert, key, message) => {
    expect(() => serverCertificate(cert, key)).toThrow(message)
  })
})

describe('the authorities of callers', () => {
  it('may be more than one, with words between them', () => {
    expect(clientAuthorities(`# one\n${authority.cert}# two\n${createAuthority('next authority').cert}`).subjects).toEqual(['CN=test authority', 'CN=next authority'])
  })

  it('are those that were looked at, and no other block that OpenSSL would take', () => {
    const other = createAuthority('other authority').cert.replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE')
    const { pem, subjects } = clientAuthorities(authority.cert + other)
    expect(subjects).toEqual(['CN=test authority'])
    expect(pem.match(/BEGIN [A-Z ]+/g)).toEqual(['BEGIN CERTIFICATE'])
  })

  it.each([
    ['nothing', '', 'hold no certificate in PEM'],
    ['a certificate that signs nobody\'s', pair.cert, 'no authority\'s (CN=hook)'],
    ['one good and one broken', `${authority.cert}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`, 'cannot be read']
  ])('are refused for %s', (_, pem, message) => {
    expect(() => clientAuthorities(pem)).toThrow(message)
  })
})

describe('tokens', () => {
  const [first, second] = ['0123456789abcdef', 'fedcba9876543210']

  it('are one a line', () => {
    const known = tokens(`\n${first}\r\n  ${second}  \n\n`)
    expect(known.count).toBe(2)
    expect([first, second, '', `${first}0`, first.slice(1), `${first}\n${second}`].map(known.include)).toEqual([true, true, false, false, false, false])
  })

  it.each([
    ['none', '\n \n', 'the file is empty'],
    ['a short one', `${first}\nsecret`, 'number 2 is not'],
    ['one with something between', 'Bearer 0123456789abcdef', 'number 1 is not'],
    ['one that no header can hold', 'geheim-geheim-geheim-ü', 'number 1 is not']
  ])('are refused where there is %s, without being told', (_, text, message) => {
    expect(() => tokens(text)).toThrow(message)
    expect(() => tokens(text)).not.toThrow(/secret|0123|geheim/)
  })
})

describe('the files of credentials', () => {
  const ignored: CredentialEvents = { certificate () {}, loaded () {}, taken () {}, refused () {} }
  const mounted = () => mountForTest({ 'tls.crt': pair.cert, 'tls.key': pair.key, 'ca.crt': authority.cert, token: '0123456789abcdef\n' })

  it('are not needed', async () => {
    expect(await loadCredentials({ tls: undefined, tokenFile: undefined }, ignored)).toMatchObject({ tls: undefined, tokens: undefined })
  })

  it('are told of when they are loaded, without what is secret', async () => {
    const { file } = mounted()
    const told: unknown[] = []
    const credentials = await loadCredentials(
      { tls: { certFile: file('tls.crt'), keyFile: file('tls.key'), clientCaFile: file('ca.crt') }, tokenFile: file('token') },
      { ...ignored, loaded: (...args) => { told.push(args) } }
    )
    onTestFinished(credentials.stop)
    expect(told).toEqual([
      ['certificate', { subject: 'CN=hook', notAfter: serverCertificate(pair.cert, pair.key).notAfter.toISOString() }],
      ['client_authorities', { subjects: ['CN=test authority'] }],
      ['tokens', { count: 1 }]
    ])
  })

  it.each<[string, 'certFile' | 'keyFile' | 'clientCaFile' | 'tokenFile', string, RegExp]>([
    ['that is not there', 'certFile', 'missing', /^K8S_MTP_TLS_CERT_FILE=.*missing and K8S_MTP_TLS_KEY_FILE=.* cannot be read: ENOENT/],
    ['that holds something else', 'keyFile', 'token', /K8S_MTP_TLS_KEY_FILE=.*token: the certificate and its key hold no private key in PEM/],
    ['that is no authority\'s', 'clientCaFile', 'tls.crt', /^K8S_MTP_CLIENT_CA_FILE=.*tls.crt: the authorities of callers hold a certificate that is no authority's/],
    ['that holds no tokens', 'tokenFile', 'tls.key', /^K8S_MTP_TOKEN_FILE=.*tls.key: the tokens are one a line/]
  ])('stop the start where there is one %s', async (_, setting, key, message) => {
    const { file } = mounted()
    const { tokenFile, ...tls } = { certFile: file('tls.crt'), keyFile: file('tls.key'), clientCaFile: file('ca.crt'), tokenFile: file('token'), [setting]: file(key) }
    const loading = loadCredentials({ tls, tokenFile }, ignored)
    await expect(loading).rejects.toThrow(ConfigError)
    await expect(loading).rejects.toThrow(message)
  })
})
