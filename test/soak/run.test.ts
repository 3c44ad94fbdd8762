import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { applyStrategy } from '../cluster/engine.ts'
import { createGuard } from '../cluster/guard.ts'
import { strategies } from '../strategies.ts'
import { extentOfRun } from '../suites.ts'
import { isFlat } from './memory.ts'
import { reportLines } from './report.ts'
import { soak } from './run.ts'
import { startSoakPlatform } from './soak-platform.ts'

const { env } = process
const minutes = Number(env.K8S_MTP_SOAK_MINUTES ?? 3)
/** Another one in each full run, where a race is worth a failure; the report has the command that repeats it. */
const seed = Number(env.K8S_MTP_SOAK_SEED ?? (extentOfRun === 'quick' ? 2026 : randomInt(2 ** 31)))
const strategy = env.K8S_MTP_APPLY_STRATEGY === undefined ? strategies[seed % strategies.length] ?? strategies[0] : applyStrategy(env)
const log = (line: string): void => console.log(line)

test(`after random operations and kills, all objects are as expected (seed ${seed}, ${strategy})`, { timeout: (minutes * 2 + 12) * 60_000 }, async () => {
  const platform = await startSoakPlatform({ guard: createGuard(), strategy, env, log })
  try {
    const report = await soak(platform, { minutes, seed, rate: 2, strategy, log })
    log(reportLines(report).join('\n'))
    expect(report.failures).toEqual([])
    expect(report.memory.filter(growth => !isFlat(growth))).toEqual([])
    expect(report.operations).toBeGreaterThan(minutes * 30)
  } finally {
    await platform.stop()
  }
})
