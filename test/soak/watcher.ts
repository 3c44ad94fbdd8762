import { setTimeout as sleep } from 'node:timers/promises'
import type { ManagedProcess } from '../cluster/process.ts'
import { engineAccount } from '../cluster/credentials.ts'
import { residentMemory } from '../bench/processes.ts'
import { valueAt } from '../support/value-at.ts'
import type { Ledger } from './ledger.ts'
import { createMemoryLog, type Life } from './memory.ts'
import type { SoakPlatform } from './soak-platform.ts'

/** What is observed all the time, beside the operations. */
export interface Watcher {
  lives: readonly Life[]
  /** Changes of the leader so far. */
  failovers (): number
  stop (): Promise<void>
}

const INTERVAL = 2_000
const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: engineAccount.namespace, name: 'metacontroller' }

/** Samples memory, and looks at namespaces and the Lease, every two seconds. */
export function watchPlatform ({ client, hook, engines }: SoakPlatform, ledger: Ledger): Watcher {
  const memory = createMemoryLog()
  const processes: Array<readonly [string, ManagedProcess]> =
    [['hook', hook], ...engines.map((engine, index) => [`${engine.name} ${index}`, engine] as const)]
  const began = Date.now()
  const stopping = new AbortController()
  let failovers = 0
  let holder: unknown

  async function watch (): Promise<void> {
    while (!stopping.signal.aborted) {
      const seconds = (Date.now() - began) / 1000
      for (const [name, process] of processes) memory.add(name, process.pid, { seconds, mebibytes: residentMemory(process) })
      // The API server may be down.
      await ledger.observe().catch(() => undefined)
      if (engines.length > 1) await readHolder().catch(() => undefined)
      await sleep(INTERVAL)
    }
  }

  async function readHolder (): Promise<void> {
    const next = valueAt(await client.get(lease), 'spec.holderIdentity')
    // A leader that is stopped in order gives the Lease up, until another takes it.
    if (typeof next !== 'string' || next === '') return
    if (holder !== undefined && next !== holder) failovers++
    holder = next
  }

  const watching = watch()
  return {
    lives: memory.lives,
    failovers: () => failovers,
    async stop () {
      stopping.abort()
      await watching
    }
  }
}
