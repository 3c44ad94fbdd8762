import { loadavg } from 'node:os'
import { packageVersion } from '../../../src/version.ts'
import type { Platform } from '../../cluster/platform.ts'
import { createGuard } from '../../cluster/guard.ts'
import { runCronJobs } from './cron-jobs.ts'
import { tryFailures } from './failures.ts'
import { ratiosOf, type Figures } from './report.ts'
import { createByPlatform, createGuarded, createRaw, startMeasuredPlatform, type Log } from './runs.ts'
import { namespaceOf, type Size } from './tenants.ts'

/** In addition, after the creation. */
export const scenarios = {
  cronjobs: (platform: Platform, { namespaces }: Size) =>
    runCronJobs(platform, Array.from({ length: namespaces - 1 }, (_, entry) => namespaceOf(entry))),
  failure: (platform: Platform) => tryFailures(platform)
}
export type Scenario = keyof typeof scenarios

export interface Wanted extends Size { restSeconds: number, scenarios: Scenario[], log: Log }

/** Creates the objects in three ways, each on a control plane of its own, one after the other. */
export async function measureScale ({ restSeconds, log, scenarios: wanted, ...size }: Wanted): Promise<Figures> {
  const load = (): number => loadavg()[0] ?? 0
  const loadBefore = load()
  const raw = await createRaw(size, log)
  const guarded = await createGuarded(size, log)
  const guard = createGuard()
  try {
    const platform = await startMeasuredPlatform(guard)
    try {
      const run = await createByPlatform(platform, size, restSeconds, log)
      const further: Record<string, unknown> = {}
      for (const name of wanted) {
        log(`measuring ${name}`)
        further[name] = await scenarios[name](platform, size)
      }
      const { engine, versions } = platform
      return {
        ...size,
        ...ratiosOf(size, raw, guarded, run),
        engine: engine.name,
        applyStrategy: engine.strategy,
        versions: { ...versions, engine: engine.version, 'k8s-mtp': packageVersion },
        load: [loadBefore, load()],
        raw,
        guarded,
        platform: run,
        ...further
      }
    } finally {
      await platform.stop()
    }
  } finally {
    await guard.close()
  }
}
