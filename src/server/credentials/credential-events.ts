import type { FastifyBaseLogger } from 'fastify'
import type { Metrics } from '../metrics.ts'
import type { ServerCertificate } from './certificates.ts'

/** Name of a credential in the log and the metrics. */
export type CredentialName = 'certificate' | 'client_authorities' | 'tokens'

export type CredentialEvents = ReturnType<typeof credentialEvents>

/** Reports events of the credential files in the log and in the metrics. Details contain no secrets. */
export function credentialEvents (logger: FastifyBaseLogger, { reloads, certificateExpires }: Metrics) {
  return {
    /** Called at the start, and for each new serving certificate. */
    certificate ({ subject, notAfter }: Pick<ServerCertificate, 'subject' | 'notAfter'>): void {
      certificateExpires(notAfter)
      if (notAfter >= new Date()) return
      logger.error({ subject, notAfter }, 'the certificate has expired: Metacontroller rejects it, and no Tenant is reconciled. Renew it.')
    },
    /** The first contents are in use. */
    loaded (credential: CredentialName, details: object): void {
      for (const result of ['loaded', 'refused']) reloads.inc({ credential, result }, 0)
      logger.info({ credential, ...details }, 'credentials loaded')
    },
    /** New contents are in use. */
    reloaded (credential: CredentialName, details: object): void {
      reloads.inc({ credential, result: 'loaded' })
      logger.info({ credential, ...details }, 'new credentials loaded')
    },
    /** New contents are invalid; the former ones stay in use. */
    refused (credential: CredentialName, problem: string): void {
      reloads.inc({ credential, result: 'refused' })
      logger.error({ credential, problem }, 'new credentials are invalid: the previous ones stay in use')
    }
  }
}
