import closeWithGrace from 'close-with-grace'
import { pino } from 'pino'
import { readConfig } from '../server/config.ts'
import { loadCredentials } from '../server/credentials/credentials.ts'
import { createApp } from '../server/app.ts'
import { createMetrics } from '../server/metrics.ts'
import { packageVersion } from '../version.ts'
import { credentialEvents } from './credential-events.ts'

/** How long answers that are under way may take after a signal, in milliseconds. */
const graceMilliseconds = 10_000

/** Serves until SIGTERM or SIGINT, then answers what it has taken and ends. */
export async function serve (): Promise<void> {
  const { host, port, logLevel, bodyLimit, tls, tokenFile } = readConfig()
  const logger = pino({ level: logLevel })
  const metrics = createMetrics(packageVersion)
  const credentials = await loadCredentials({ tls, tokenFile }, credentialEvents(logger, metrics))
  if (tokenFile !== undefined && tls === undefined) logger.warn('tokens are asked for over plain HTTP: whoever sees the traffic can read them')
  const app = await createApp({ version: packageVersion, metrics, logger, bodyLimit, now: () => new Date(), credentials })
  closeWithGrace({ delay: graceMilliseconds, logger }, async ({ err }) => {
    if (err !== undefined) logger.error({ err }, 'closing after an error')
    credentials.stop()
    await app.close()
  })
  // Fastify takes a server that it has not made for one of plain HTTP.
  const listenTextResolver = (address: string) => `listening at ${tls === undefined ? address : address.replace(/^http:/, 'https:')}`
  await app.listen({ host, port, listenTextResolver })
}
