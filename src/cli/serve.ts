import closeWithGrace from 'close-with-grace'
import { pino } from 'pino'
import { readConfig } from '../config.ts'
import { createApp } from '../http/app.ts'
import { createMetrics } from '../http/metrics.ts'
import { packageVersion } from '../version.ts'

/** How long answers that are under way may take after a signal, in milliseconds. */
const graceMilliseconds = 10_000

/** Serves until SIGTERM or SIGINT, then answers what it has taken and ends. */
export async function serve (): Promise<void> {
  const { host, port, logLevel, bodyLimit } = readConfig()
  const logger = pino({ level: logLevel })
  const app = await createApp({ version: packageVersion, metrics: createMetrics(packageVersion), logger, bodyLimit, now: () => new Date() })
  closeWithGrace({ delay: graceMilliseconds, logger }, async ({ err }) => {
    if (err !== undefined) logger.error({ err }, 'closing after an error')
    await app.close()
  })
  await app.listen({ host, port })
}
