import { setTimeout as sleep } from 'node:timers/promises'
import type { ApplyStrategy } from '../cluster/engine.ts'
import { readCluster, type ClusterState } from './cluster-state.ts'
import { compare, type Difference } from './compare.ts'
import { createClasses, generate } from './generate.ts'
import { createHistory } from './history.ts'
import { supervise } from './kills.ts'
import { createLedger, repeated } from './ledger.ts'
import { growths } from './memory.ts'
import { emptyModel, expectedNamespaces } from './model.ts'
import type { Operation } from './operation.ts'
import { perform } from './perform.ts'
import { picksOf } from './picks.ts'
import type { Report, Settings } from './report.ts'
import type { SoakPlatform } from './soak-platform.ts'
import { releaseObject } from './tampering.ts'
import { settleTenant } from './tenant-operations.ts'
import { watchPlatform } from './watcher.ts'

export interface SoakOptions extends Settings {
  strategy: ApplyStrategy
  /** Stops after so many operations, although more are planned. */
  operations?: number | undefined
  log: (line: string) => void
  /** Ends the operations early; the check follows. */
  stopped?: AbortSignal
}

/** Model and cluster are compared after so many operations. */
const CHECKPOINT = 60

/**
 * How long model and cluster may differ. Metacontroller takes over after up to 24 s from a killed leader, and repeats failed syncs after
 * a delay that doubles up to some minutes with the length of an outage.
 */
const CONVERGENCE = 240_000

/** In the second half of the time nothing is killed, so that the trend of memory is that of a long life. */
const SHARE_WITH_KILLS = 0.5

/** How long Metacontroller must write nothing at the end, and how long that may take. */
const QUIET = 5_000
const UNTIL_QUIET = 90_000

/** Runs random operations against a platform and against a model of it, and compares both. */
export async function soak (platform: SoakPlatform, options: SoakOptions): Promise<Report> {
  const { minutes, seed, rate, strategy, operations: max = Infinity, log, stopped } = options
  const { client, controlPlane, hook, engines } = platform
  const [model, ledger, history] = [emptyModel(), createLedger(client), createHistory()]
  const supervisor = supervise([hook, ...engines, controlPlane.apiserver, controlPlane.controllerManager], log)
  const watcher = watchPlatform(platform, ledger)
  const kills: Record<string, number> = {}
  const convergence: number[] = []
  const unexpected: Difference[] = []
  let [done, cluster] = [0, await readCluster(client)]

  async function killPart ({ part, index, downMilliseconds }: NonNullable<Operation['kill']>): Promise<void> {
    const parts = { hook: [hook], engine: engines, apiserver: [controlPlane.apiserver] }[part]
    const process = parts[index % parts.length]
    if (process === undefined || !await supervisor.kill(process, downMilliseconds)) return
    kills[part] = (kills[part] ?? 0) + 1
    // As when their node crashes. Without its restart, the garbage collector can miss the deletion of a Tenant that is recreated under its
    // name before its watches reconnect, and then keeps the namespaces of the first.
    if (part === 'apiserver') await supervisor.kill(controlPlane.controllerManager, downMilliseconds)
  }

  async function apply (operation: Operation): Promise<void> {
    const { text, concerns, expected, change, effect, kill } = operation
    if (kill !== undefined) await killPart(kill)
    if (effect !== undefined) await ledger.before(effect)
    const { outcome, message } = await perform(client, operation)
    history.add(done, operation, outcome)
    if (!expected.includes(outcome)) {
      unexpected.push({ object: `#${done} ${text}`, concerns, lines: [`expected ${expected.join(' or ')}, observed ${outcome}: ${message}`] })
      return
    }
    change?.(model)
    if (outcome === 'admitted' && effect !== undefined) await ledger.after(effect)
  }

  /** Resolves with the differences that are left after some time. */
  async function converge (): Promise<Difference[]> {
    const since = Date.now()
    for (;;) {
      await supervisor.allRunning()
      const next: ClusterState | undefined = await repeated(async () => { await ledger.observe(); return readCluster(client) })
      const differences = compare(model, ledger, next, new Date())
      cluster = next
      if (differences.length === 0) {
        convergence.push((Date.now() - since) / 1000)
        return []
      }
      if (Date.now() - since > CONVERGENCE || ledger.losses.size > 0) return differences
      await sleep(1_000)
    }
  }

  async function release (): Promise<void> {
    for (let operation = releaseObject(model); operation !== undefined; operation = releaseObject(model)) await apply(operation)
  }

  async function runOperations (): Promise<Difference[]> {
    const began = Date.now()
    const share = (): number => (Date.now() - began) / (minutes * 60_000)
    for (const operation of createClasses()) await apply(operation)
    for (const picks of picksOf(seed, Math.ceil(minutes * 60 * rate))) {
      if (done >= max || stopped?.aborted === true || share() > 1) break
      // Late operations follow at twice the rate.
      await sleep(Math.max(500 / rate, began + done * 1000 / rate - Date.now()), undefined, { signal: stopped }).catch(() => undefined)
      done++
      const operation = generate(model, picks, { strategy, now: new Date() })
      if (operation.kill === undefined || share() < SHARE_WITH_KILLS) await apply(operation)
      if (unexpected.length > 0) break
      if (done % CHECKPOINT !== 0) continue
      await release()
      const differences = await converge()
      log(`${done} operations, ${model.tenants.size} Tenants, converged after ${convergence.at(-1)?.toFixed(1)} s; kills: ${JSON.stringify(kills)}`)
      if (differences.length > 0) return differences
    }
    return unexpected
  }

  async function settle (): Promise<Difference[]> {
    await release()
    for (let next = settleTenant(model, new Date()); next !== undefined && unexpected.length === 0; next = settleTenant(model, new Date())) await apply(next)
    const differences = [...unexpected, ...await converge()]
    return differences.length > 0 ? differences : expectQuiet()
  }

  /** Waits until the engine writes nothing, and compares again. */
  async function expectQuiet (): Promise<Difference[]> {
    const deadline = Date.now() + UNTIL_QUIET
    let writes = Infinity
    while (writes > 0 && Date.now() < deadline) {
      await sleep(QUIET)
      writes = platform.engineWrites(Date.now() - QUIET)
    }
    const lines = writes > 0 ? [`${writes} writes in the last ${QUIET / 1000} s, although model and cluster are equal`] : []
    return [...lines.map(line => ({ object: 'Metacontroller', concerns: [], lines: [line] })), ...await converge()]
  }

  try {
    const found = await runOperations()
    const differences = found.length > 0 ? found : await settle()
    const namespaces = [...model.tenants.values()].flatMap(tenant => expectedNamespaces(model, tenant, new Date()))
    return {
      settings: { minutes, seed, rate, strategy },
      engine: { name: engines[0]?.name ?? '', version: engines[0]?.version ?? '', replicas: engines.length },
      kubernetes: controlPlane.versions.kubernetes,
      operations: done,
      byKind: Object.fromEntries(history.counts),
      kills,
      ended: Object.fromEntries(supervisor.ended),
      failovers: watcher.failovers(),
      convergence,
      objects: {
        tenants: cluster.tenants.size,
        namespaces: namespaces.length,
        managed: namespaces.reduce((sum, { manifests = [] }) => sum + manifests.length, 0),
        data: ledger.data.size
      },
      memory: growths(watcher.lives),
      failures: differences.map(difference => ({ ...difference, lastOperations: history.lastOf(difference.concerns) }))
    }
  } finally {
    await watcher.stop()
    await supervisor.stop()
  }
}
