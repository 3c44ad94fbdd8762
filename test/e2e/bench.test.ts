import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { logsAllFailures } from '../bench/policies/costs.ts'
import { repositoryPath } from '../cluster/paths.ts'

/** Runs a bench with tiny numbers. It asserts no times. */
async function figuresOf (main: string, args: string[]): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-bench-'))
  onTestFinished(() => { rmSync(folder, { recursive: true }) })
  const file = join(folder, 'figures.json')
  await promisify(execFile)(process.execPath, ['--import', 'tsx', repositoryPath(main), ...args, '--json', file], { cwd: repositoryPath('') })
  return JSON.parse(readFileSync(file, 'utf8'))
}

const number: unknown = expect.any(Number)

test('bench:scale creates the same objects in three ways', async () => {
  expect(await figuresOf('test/bench/scale/main.ts', ['--tenants', '1', '--namespaces', '2', '--rest', '1'])).toMatchObject({
    readyOverRaw: number,
    readyOverGuarded: number,
    apiserverCpuOverRaw: number,
    raw: { ready: number, writes: { status: 0, children: 31 } },
    guarded: { writes: { status: 4, children: 31 } },
    platform: { creation: { writes: { status: number } }, atRest: { writes: { status: 0, children: 0 } }, peakMemory: { hook: number, engine: number } }
  })
}, 240_000)

test('bench:policies measures time and cost of each policy that matches a write of the engine', async () => {
  expect(await figuresOf('test/bench/policies/main.ts', ['--tenants', '1', '--rounds', '1', '--only', 'k8s-mtp-engine'])).toMatchObject({
    policiesShare: number,
    partsOfShare: { matching: number, conversion: number, evaluation: number },
    millisecondsPerWrite: number,
    policies: { 'k8s-mtp-engine': number },
    ...(logsAllFailures && { costs: { 'k8s-mtp-engine': { largest: number, write: expect.stringMatching(/^create /), mean: number, shareOfLimit: number } } })
  })
}, 240_000)
