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

/** Returns the subject of a certificate in one line, or its host names if it has no subject. */
export function nameOf ({ subject, subjectAltName }: X509Certificate): string {
  // Without a subject, Node returns undefined, though its types declare a string.
  return ((subject as string | undefined) ?? subjectAltName ?? '').replaceAll('\n', ', ')
}

export function attempt<T> (problem: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new Error(`${problem} (${errorMessage(error)})`)
  }
}
