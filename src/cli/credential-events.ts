import type { FastifyBaseLogger } from 'fastify'
import type { CredentialEvents } from '../server/credentials/credentials.ts'
import type { Metrics } from '../server/metrics.ts'

/** Reports events of the credential files in the log and in the metrics. */
export function credentialEvents (logger: FastifyBaseLogger, { reloads, certificateExpires }: Metrics): CredentialEvents {
  return {
    certificate ({ subject, notAfter }) {
      certificateExpires(notAfter)
      if (notAfter >= new Date()) return
      logger.error({ subject, notAfter }, 'the certificate has expired: Metacontroller rejects it, and no Tenant is reconciled. Renew it.')
    },
    loaded (credential, details) {
      for (const result of ['loaded', 'refused']) reloads.inc({ credential, result }, 0)
      logger.info({ credential, ...details }, 'credentials loaded')
    },
    reloaded (credential, details) {
      reloads.inc({ credential, result: 'loaded' })
      logger.info({ credential, ...details }, 'new credentials loaded')
    },
    refused (credential, error) {
      reloads.inc({ credential, result: 'refused' })
      logger.error({ credential, problem: error.message }, 'new credentials are invalid: the previous ones stay in use')
    }
  }
}
