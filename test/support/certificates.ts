import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { bits, integer, octets, oid, sequence, set, text, time, tlv, yes } from './der.ts'

/** Both in PEM. */
export interface KeyAndCertificate { cert: string, key: string }

export interface Authority extends KeyAndCertificate {
  issue (options: CertificateOptions): KeyAndCertificate
}

export interface CertificateOptions {
  name: string
  /** The organizations of the subject, which are the groups of a user in Kubernetes. */
  groups?: string[]
  /** The extended key usage; none by default. */
  usage?: 'serverAuth' | 'clientAuth'
  /** True adds 127.0.0.1 and localhost. */
  local?: boolean
  /** Further host names. */
  hosts?: string[]
  /** By default tomorrow. */
  notAfter?: Date
}

const day = 24 * 60 * 60 * 1000
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
const usages = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' }

/** Creates a certificate authority for one test. */
export function createAuthority (name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signed = (subject: Buffer, publicKey: KeyObject, notAfter: Date, extensions: Buffer[]) =>
    certificate({ issuer: name, signer: keys.privateKey, subject, publicKey, notAfter, extensions })
  return {
    cert: signed(nameOf(name), keys.publicKey, new Date(Date.now() + day), [extension('2.5.29.19', sequence(yes), true)]),
    key: pemOf(keys.privateKey),
    issue ({ name: subject, groups, usage, local = false, hosts = [], notAfter = new Date(Date.now() + day) }) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const alternatives = [
        ...(local ? [tlv(0x87, Buffer.from([127, 0, 0, 1])), tlv(0x82, Buffer.from('localhost'))] : []),
        ...hosts.map(host => tlv(0x82, Buffer.from(host)))
      ]
      const extensions = [
        ...(usage === undefined ? [] : [extension('2.5.29.37', sequence(oid(usages[usage])))]),
        ...(alternatives.length > 0 ? [extension('2.5.29.17', sequence(...alternatives))] : [])
      ]
      return { cert: signed(nameOf(subject, groups), own.publicKey, notAfter, extensions), key: pemOf(own.privateKey) }
    }
  }
}

interface Content { issuer: string, signer: KeyObject, subject: Buffer, publicKey: KeyObject, notAfter: Date, extensions: Buffer[] }

/** Source: RFC 5280, 4.1. */
function certificate ({ issuer, signer, subject, publicKey, notAfter, extensions }: Content): string {
  const content = sequence(
    tlv(0xa0, integer(2)),
    integer(1, ...randomBytes(8)),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(new Date(Math.min(notAfter.getTime(), Date.now()) - 2 * day)), time(notAfter)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [tlv(0xa3, sequence(...extensions))] : [])
  )
  const der = sequence(content, ecdsaWithSha256, bits(sign('sha256', content, signer)))
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')
    .trimEnd()}\n-----END CERTIFICATE-----\n`
}

function nameOf (commonName: string, organizations: string[] = []): Buffer {
  return sequence(
    ...organizations.map(organization => set(sequence(oid('2.5.4.10'), text(organization)))),
    set(sequence(oid('2.5.4.3'), text(commonName)))
  )
}

function extension (id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [yes] : []), octets(value))
}

function pemOf (key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
