import { X509Certificate } from 'node:crypto'
import { nameOf } from './server-certificate.ts'
import { errorMessage } from '../../error-message.ts'

/** Whose certificates callers may show. */
export interface ClientAuthorities {
  pem: string
  subjects: string[]
}

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/** Throws where there is none, or one that signs nobody's, with words that follow "the authorities of callers". */
export function clientAuthorities (pem: string): ClientAuthorities {
  const certificates = (pem.match(block) ?? []).map(parse)
  if (certificates.length === 0) throw new Error('hold no certificate in PEM')
  const wrong = certificates.find(({ ca }) => !ca)
  if (wrong !== undefined) throw new Error(`hold a certificate that is no authority's (${nameOf(wrong)}): put in the one that has signed it`)
  // What was looked at and nothing else: OpenSSL takes blocks of further names, such as TRUSTED CERTIFICATE, for authorities as well.
  return { pem: certificates.join('\n'), subjects: certificates.map(nameOf) }
}

function parse (pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new Error(`hold a certificate that cannot be read (${errorMessage(error)})`)
  }
}
