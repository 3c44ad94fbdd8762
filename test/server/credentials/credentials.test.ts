import { expect, describe, it, onTestFinished } from 'vitest'
import { ConfigError } from '../../../src/server/config.ts'
import { clientAuthorities, serverCertificate } from '../../../src/server/credentials/certificates.ts'
import type { CredentialEvents } from '../../../src/server/credentials/credential-events.ts'
import { loadCredentials } from '../../../src/server/credentials/credentials.ts'
import { tokens } from '../../../src/server/credentials/tokens.ts'
import { createAuthority } from '../../support/certificates.ts'
import { mountForTest } from '../../support/mounted.ts'

const authority = createAuthority('test authority')
const pair = authority.issue({ name: 'hook', usage: 'serverAuth', local: true })
const other = authority.issue({ name: 'other' })

describe('a serving certificate', () => {
  it('has a subject and an expiry time', () => {
    const notAfter = new Date('2040-01-02T03:04:05Z')
    const { cert, key } = authority.issue({ name: 'hook', notAfter })
    expect(serverCertificate(cert, key)).toEqual({ cert, key, subject: 'CN=hook', notAfter })
  })

  it('may include intermediate certificates', () => {
    expect(serverCertificate(pair.cert + authority.cert, pair.key).subject).toBe('CN=hook')
  })

  it('may be expired: clients reject it', () => {
    const { cert, key } = authority.issue({ name: 'hook', notAfter: new Date('2020-01-01T00:00:00Z') })
    expect(serverCertificate(cert, key).notAfter.getUTCFullYear()).toBe(2020)
  })

  it.each([
    ['no certificate', '', pair.key, 'there is no certificate in PEM'],
    ['a key instead of a certificate', pair.key, pair.key, 'there is no certificate in PEM'],
    ['no key', pair.cert, 'nothing', 'there is no private key in PEM'],
    ['the key of another certificate', pair.cert, other.key, 'certificate and private key do not match'],
    [
      'a corrupt intermediate certificate',
      `${pair.cert}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`,
      pair.key,
      'cannot be served'
    ]
  ])('is refused with %s', (_, cert, key, message) => {
    expect(() => serverCertificate(cert, key)).toThrow(message)
  })
})

describe('client CA certificates', () => {
  it('may be several, with comments between them', () => {
    expect(
      clientAuthorities(`# one\n${authority.cert}# two\n${createAuthority('next authority').cert}`).subjects
    ).toEqual(['CN=test authority', 'CN=next authority'])
  })

  it('exclude PEM blocks of other types, which OpenSSL would accept', () => {
    const other = createAuthority('other authority').cert.replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE')
    const { pem, subjects } = clientAuthorities(authority.cert + other)
    expect(subjects).toEqual(['CN=test authority'])
    expect(pem.match(/BEGIN [A-Z ]+/g)).toEqual(['BEGIN CERTIFICATE'])
  })

  it.each([
    ['an empty file', '', 'there is no CA certificate in PEM'],
    ['a certificate that is not of a CA', pair.cert, 'CN=hook is not the certificate of a CA'],
    [
      'a valid and a corrupt one',
      `${authority.cert}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`,
      'a CA certificate cannot be parsed'
    ]
  ])('are refused: %s', (_, pem, message) => {
    expect(() => clientAuthorities(pem)).toThrow(message)
  })
})

describe('tokens', () => {
  const [first, second] = ['0123456789abcdef', 'fedcba9876543210']

  it('are one per line', () => {
    const known = tokens(`\n${first}\r\n  ${second}  \n\n`)
    expect(known.count).toBe(2)
    expect([first, second, '', `${first}0`, first.slice(1), `${first}\n${second}`].map(known.include)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false
    ])
  })

  it.each([
    ['an empty file', '\n \n', 'the file is empty'],
    ['a short token', `${first}\nsecret`, 'token 2 is invalid'],
    ['a token with a space', 'Bearer 0123456789abcdef', 'token 1 is invalid'],
    ['a token with characters that a header cannot contain', 'geheim-geheim-geheim-ü', 'token 1 is invalid']
  ])('are refused: %s, and the message has no token', (_, text, message) => {
    expect(() => tokens(text)).toThrow(message)
    expect(() => tokens(text)).not.toThrow(/secret|0123|geheim/)
  })
})

describe('the credential files', () => {
  const ignored: CredentialEvents = { certificate () {}, loaded () {}, reloaded () {}, refused () {} }
  const mounted = () => mountForTest({ 'tls.crt': pair.cert, 'tls.key': pair.key, 'ca.crt': authority.cert, token: '0123456789abcdef\n' })

  it('are optional', async () => {
    expect(await loadCredentials({ tls: undefined, tokenFile: undefined }, ignored)).toMatchObject({ tls: undefined, tokens: undefined })
  })

  it('are reported when loaded, without secrets', async () => {
    const { file } = mounted()
    const events: unknown[] = []
    const credentials = await loadCredentials(
      { tls: { certFile: file('tls.crt'), keyFile: file('tls.key'), clientCaFile: file('ca.crt') }, tokenFile: file('token') },
      { ...ignored, loaded: (...args) => { events.push(args) } }
    )
    onTestFinished(credentials.stop)
    expect(events).toEqual([
      ['certificate', { subject: 'CN=hook', notAfter: serverCertificate(pair.cert, pair.key).notAfter.toISOString() }],
      ['client_authorities', { subjects: ['CN=test authority'] }],
      ['tokens', { count: 1 }]
    ])
  })

  it.each<[string, 'certFile' | 'keyFile' | 'clientCaFile' | 'tokenFile', string, RegExp]>([
    ['missing', 'certFile', 'missing', /^K8S_MTP_TLS_CERT_FILE=.*missing and K8S_MTP_TLS_KEY_FILE=.* cannot be read: ENOENT/],
    ['without a private key', 'keyFile', 'token', /K8S_MTP_TLS_KEY_FILE=.*token: there is no private key in PEM/],
    ['without a CA certificate', 'clientCaFile', 'tls.crt', /^K8S_MTP_CLIENT_CA_FILE=.*tls.crt: CN=hook is not the certificate of a CA/],
    ['without valid tokens', 'tokenFile', 'tls.key', /^K8S_MTP_TOKEN_FILE=.*tls.key: token 1 is invalid/]
  ])('prevent the start when one is %s', async (_, setting, key, message) => {
    const { file } = mounted()
    const { tokenFile, ...tls } = {
      certFile: file('tls.crt'),
      keyFile: file('tls.key'),
      clientCaFile: file('ca.crt'),
      tokenFile: file('token'),
      [setting]: file(key)
    }
    const loading = loadCredentials({ tls, tokenFile }, ignored)
    await expect(loading).rejects.toThrow(ConfigError)
    await expect(loading).rejects.toThrow(message)
  })
})
