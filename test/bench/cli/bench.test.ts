import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { repositoryPath } from '../../cluster/paths.ts'

test('one run of each command gives all figures as JSON', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-bench-'))
  onTestFinished(() => { rmSync(folder, { recursive: true }) })
  const file = join(folder, 'figures.json')
  const args = ['--import', 'tsx', repositoryPath('test/bench/cli/main.ts'), '--runs', '1', '--tenants', '2', '--json', file]
  await promisify(execFile)(process.execPath, args, { cwd: repositoryPath('') })
  const { commands } = JSON.parse(readFileSync(file, 'utf8')) as { commands: Record<string, object> }
  expect(Object.keys(commands)).toEqual([
    '--help', 'version --client', 'render the examples', 'lint the examples', 'render 2 Tenants', 'lint 2 Tenants', 'diff 2 Tenants',
    'serve, until it listens'
  ])
  const number: unknown = expect.any(Number)
  for (const cost of Object.values(commands)) expect(cost).toEqual({ milliseconds: number, cpuMilliseconds: number, memory: number })
})
