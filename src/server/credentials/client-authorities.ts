import { X509Certificate } from 'node:crypto'
import { attempt, nameOf } from './server-certificate.ts'

/** Certificate authorities (CAs) that sign the certificates of callers. */
export interface ClientAuthorities {
  pem: string
  subjects: string[]
}

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/** Parses CA certificates in PEM. Throws if there is none, or one cannot sign certificates. */
export function clientAuthorities (pem: string): ClientAuthorities {
  const certificates = (pem.match(block) ?? []).map(one => attempt('a CA certificate cannot be parsed', () => new X509Certificate(one)))
  if (certificates.length === 0) throw new Error('there is no CA certificate in PEM')
  const wrong = certificates.find(({ ca }) => !ca)
  if (wrong !== undefined) throw new Error(`${nameOf(wrong)} is not the certificate of a CA: use that of the CA that signed it`)
  // Only the certificates checked above: OpenSSL accepts CAs in blocks of other names too, such as TRUSTED CERTIFICATE.
  return { pem: certificates.join('\n'), subjects: certificates.map(nameOf) }
}
