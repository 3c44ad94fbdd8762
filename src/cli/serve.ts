import closeWithGrace from 'close-with-grace'
import { pino } from 'pino'
import { readConfig } from '../server/config.ts'
import { credentialEvents } from '../server/credentials/credential-events.ts'
import { loadCredentials } from '../server/credentials/credentials.ts'
import { createApp } from '../server/app.ts'
import { createMetrics } from '../server/metrics.ts'
import { packageVersion } from '../version.ts'

/** Milliseconds that open requests have to finish after a signal. */
const graceMilliseconds = 10_000

/** Serves until SIGTERM or SIGINT, then finishes open requests and ends. */
export async function serve (): Promise<void> {
  const { host, port, logLevel, bodyLimit, tls, tokenFile } = readConfig()
  const logger = pino({ level: logLevel })
  const metrics = createMetrics(packageVersion)
  const credentials = await loadCredentials({ tls, tokenFile }, credentialEvents(logger, metrics))
  if (tokenFile !== undefined && tls === undefined) {
    logger.warn('tokens are sent over plain HTTP, and can be read on the network. Configure TLS.')
  }
  const now = () => new Date()
  const app = await createApp({ version: packageVersion, metrics, logger, bodyLimit, now, credentials })
  closeWithGrace({ delay: graceMilliseconds, logger }, async ({ err }) => {
    if (err !== undefined) logger.error({ err }, 'closing after an error')
    credentials.stop()
    await app.close()
  })
  // Fastify logs http: for any server that it did not create itself.
  const listenTextResolver = (address: string) => `listening at ${tls === undefined ? address : address.replace(/^http:/, 'https:')}`
  await app.listen({ host, port, listenTextResolver })
}
