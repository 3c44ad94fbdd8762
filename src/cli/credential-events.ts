import type { FastifyBaseLogger } from 'fastify'
import type { CredentialEvents } from '../server/credentials/credentials.ts'
import type { Metrics } from '../server/metrics.ts'

/** Says in the log and in the metrics what becomes of the files of credentials. */
export function credentialEvents (logger: FastifyBaseLogger, { reloads, certificateExpires }: Metrics): CredentialEvents {
  return {
    certificate ({ subject, notAfter }) {
      certificateExpires(notAfter)
      if (notAfter < new Date()) logger.error({ subject, notAfter }, 'the certificate has expired: Metacontroller refuses it, and no Tenant changes until there is another')
    },
    loaded (credential, details) {
      for (const result of ['loaded', 'refused']) reloads.inc({ credential, result }, 0)
      logger.info({ credential, ...details }, 'credentials are in use')
    },
    taken (credential, details) {
      reloads.inc({ credential, result: 'loaded' })
      logger.info({ credential, ...details }, 'new credentials are in use')
    },
    refused (credential, error) {
      reloads.inc({ credential, result: 'refused' })
      logger.error({ credential, problem: error.message }, 'new credentials cannot be used: those before stay in use')
    }
  }
}
