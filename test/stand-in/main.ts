import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { createKubeClient, type KubeClient } from '../cluster/client.ts'
import { loadKubeconfig } from '../cluster/kubeconfig.ts'
import { startControllers } from './controllers.ts'
import { readFlags, type Flags } from './flags.ts'
import { inClusterConnection, ownNamespace } from './in-cluster.ts'
import { becomeLeader, electionSeconds } from './leader-election.ts'
import { createLeaseLock } from './lease-lock.ts'
import { log, unexpected } from './log.ts'
import { serveMetrics, serveProbes } from './probes.ts'
import { errorMessage } from '../../src/error-message.ts'

/** Runs CompositeControllers as Metacontroller 4.17.2 does, for tests and the demo only. */
async function main (flags: Flags): Promise<void> {
  let stop = (): void => {}
  // The first process of a container gets no default handlers. A Lease is not released: see electionSeconds.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stop()
      log('info', 'stopped')
      process.exit(0)
    })
  }
  const { kubeconfig, lease } = flags
  const client = createKubeClient(kubeconfig === undefined ? inClusterConnection(process.env) : loadKubeconfig(kubeconfig))
  // Kubelets probe the address of a pod; elsewhere no other machine may connect.
  const host = kubeconfig === undefined ? undefined : '127.0.0.1'
  await serveProbes(flags.healthAddress, host)
  await serveMetrics(flags.metricsAddress, host)
  const leading = lease === undefined ? Promise.resolve() : lead(client, lease)
  stop = startControllers({ ...flags, client, leading })
  await leading
  log('info', 'started', { strategy: flags.strategy, workers: flags.workers })
}

/** Resolves once this process leads; ends it where it leads no longer. */
async function lead (client: KubeClient, { name, namespace = ownNamespace() }: NonNullable<Flags['lease']>): Promise<void> {
  if (namespace === undefined) throw new Error('--leader-election-namespace is missing, and this is no pod: name the namespace of the Lease')
  const identity = `${hostname()}_${randomUUID()}`
  const lock = createLeaseLock({ client, name, namespace, identity, duration: electionSeconds.lease, now: () => performance.now() })
  const { lost } = await becomeLeader(lock)
  lost.then(() => {
    log('error', 'leader election lost')
    process.exit(1)
  }).catch(unexpected)
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
