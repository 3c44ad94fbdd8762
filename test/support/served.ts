import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import type { Config } from '../../src/server/config.ts'
import { credentialEvents } from '../../src/server/credentials/credential-events.ts'
import { loadCredentials } from '../../src/server/credentials/credentials.ts'
import { createApp } from '../../src/server/app.ts'
import { createMetrics } from '../../src/server/metrics.ts'

export interface ServedOptions {
  now?: () => Date
  /** Concurrent tests pass their own. */
  finished?: typeof onTestFinished
}

/** Starts the application with its credentials on 127.0.0.1, until the test has finished. */
export async function served (files: Pick<Config, 'tls' | 'tokenFile'>, options: ServedOptions = {}) {
  const { now = () => new Date(), finished = onTestFinished } = options
  const lines: string[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => { lines.push(line) } })
  const metrics = createMetrics('1.2.3')
  const credentials = await loadCredentials(files, credentialEvents(logger, metrics))
  const app = await createApp({ version: '1.2.3', metrics, logger, bodyLimit: 16 * 1024 * 1024, now, credentials })
  await app.listen({ host: '127.0.0.1', port: 0 })
  finished(async () => {
    credentials.stop()
    await app.close()
  })
  const { port } = app.server.address() as AddressInfo // it listens on a port
  return { port, lines, app }
}
