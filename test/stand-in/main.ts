import { createKubeClient } from '../cluster/client.ts'
import { loadKubeconfig } from '../cluster/kubeconfig.ts'
import { startControllers } from './controllers.ts'
import { readFlags, type Flags } from './flags.ts'
import { log } from './log.ts'
import { serveMetrics, serveProbes } from './probes.ts'
import { errorMessage } from '../../src/error-message.ts'

/** Runs CompositeControllers as Metacontroller 4.17.2 does, for tests and the demo only. */
async function main (flags: Flags): Promise<void> {
  const client = createKubeClient(loadKubeconfig(flags.kubeconfig))
  await serveProbes(flags.healthAddress)
  await serveMetrics(flags.metricsAddress)
  const stop = startControllers({ ...flags, client })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stop()
      log('info', 'stopped')
      process.exit(0)
    })
  }
  log('info', 'started', { strategy: flags.strategy, workers: flags.workers })
}

function flagsOrExit (): Flags {
  try {
    return readFlags(process.argv.slice(2), process.env)
  } catch (error) {
    log('error', errorMessage(error))
    return process.exit(2)
  }
}

main(flagsOrExit()).catch((error: unknown) => {
  log('error', 'could not start', { error: errorMessage(error) })
  process.exit(1)
})
