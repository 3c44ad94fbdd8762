import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { errorMessage } from '../../error-message.ts'

/** What the hook proves with who it is. */
export interface ServerCertificate {
  /** PEM, with those in between it and its authority. */
  cert: string
  /** PEM. */
  key: string
  subject: string
  notAfter: Date
}

/** Throws where the two cannot be served, with words that follow "the certificate and its key". An expired one can: whoever asks sees why he refuses it. */
export function serverCertificate (cert: string, key: string): ServerCertificate {
  const certificate = attempt('hold no certificate in PEM', () => new X509Certificate(cert))
  const privateKey = attempt('hold no private key in PEM, or one with a password', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('do not belong together: the key is another certificate\'s')
  attempt('cannot be served', () => createSecureContext({ cert, key }))
  return { cert, key, subject: nameOf(certificate), notAfter: new Date(certificate.validTo) }
}

/** Its subject in one line; where it has none, as a certificate for host names alone, those. */
export function nameOf ({ subject, subjectAltName }: X509Certificate): string {
  // Without a subject node gives undefined, whatever its types say.
  return ((subject as string | undefined) ?? subjectAltName ?? '').replaceAll('\n', ', ')
}

function attempt<T> (what: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new Error(`${what} (${errorMessage(error)})`)
  }
}
