import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { repositoryPath } from '../../cluster/paths.ts'
import type { SyncRequest } from '../../../src/hook/schema.ts'
import { attribute } from './profile.ts'
import { requestsAtRest } from './requests.ts'

test('a few requests give all figures as JSON', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-bench-'))
  onTestFinished(() => { rmSync(folder, { recursive: true }) })
  const file = join(folder, 'figures.json')
  const args = ['--import', 'tsx', repositoryPath('test/bench/hook/main.ts'), '--requests', '40', '--tenants', '4', '--json', file]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: repositoryPath('') })
  expect(stdout).toContain('over parse and stringify')
  const number: unknown = expect.any(Number)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    throughputRatio: number, cpuOverJson: number, bodies: 7, cpuMilliseconds: { json: number, bare: number, hook: number }, memory: { rounds: Array(10).fill(number) as unknown }
  })
})

test.each(['dynamic-apply', 'server-side-apply'] as const)('the Tenants are in steady state under %s', strategy => {
  const exchanges = requestsAtRest(8, strategy)
  expect(exchanges).toHaveLength(8 + 2 * 3)
  for (const { body, response } of exchanges) {
    const { parent } = JSON.parse(body) as SyncRequest & { parent: { status: object } }
    expect(response).toMatchObject({ status: parent.status })
    expect(parent.status).toMatchObject({ phase: 'Active' })
  }
})

test('time is attributed to the phase of the nearest caller, and the start is left out', () => {
  const node = (id: number, functionName: string, url: string, children: number[] = []) => ({ id, callFrame: { functionName, url, lineNumber: 0 }, children })
  const profile = attribute({
    nodes: [
      node(1, '(root)', '', [2, 6, 7]),
      node(2, 'decide', 'file:///x/src/tenancy/decision/decide.ts', [3]),
      node(3, 'isFields', 'file:///x/src/kubernetes/json.ts'),
      node(6, 'load', 'node:internal/modules/esm/loader'),
      node(7, 'compare', 'file:///x/src/tenancy/drift/comparison.ts')
    ],
    samples: [2, 3, 6, 7],
    timeDeltas: [10, 20, 500, 10]
  })
  expect(profile.phases).toEqual({ decide: 0.75, compare: 0.25 })
  expect(profile.functions[0]).toEqual(['isFields kubernetes/json.ts:1', 0.5])
})
