import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { errorMessage } from '../../error-message.ts'

/** Serving certificate of the hook. */
export interface ServerCertificate {
  /** PEM, with intermediate certificates. */
  cert: string
  /** PEM. */
  key: string
  subject: string
  notAfter: Date
}

/** Parses a certificate and its key. Throws if they cannot be served. An expired one can: clients then reject it. */
export function serverCertificate (cert: string, key: string): ServerCertificate {
  const certificate = attempt('there is no certificate in PEM', () => new X509Certificate(cert))
  const privateKey = attempt('there is no private key in PEM, or it has a password', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('certificate and private key do not match')
  attempt('the certificate cannot be served', () => createSecureContext({ cert, key }))
  return { cert, key, subject: nameOf(certificate), notAfter: new Date(certificate.validTo) }
}

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

/** Returns the subject of a certificate in one line, or its host names if it has no subject. */
function nameOf ({ subject, subjectAltName }: X509Certificate): string {
  // Without a subject, Node returns undefined, though its types declare a string.
  return ((subject as string | undefined) ?? subjectAltName ?? '').replaceAll('\n', ', ')
}

function attempt<T> (problem: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new Error(`${problem} (${errorMessage(error)})`)
  }
}
