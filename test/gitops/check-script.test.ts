import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { run } from '../support/run.ts'
import { gitopsPath } from './folder.ts'

let folder = ''
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'k8s-mtp-check-')) })
afterEach(async () => { await rm(folder, { recursive: true }) })

/** Runs ci/check.sh with a program that has these findings and no differences, and returns the Markdown. */
async function changes (findings: readonly string[]): Promise<string> {
  for (const name of ['bin', 'tenants', 'classes']) await mkdir(join(folder, name))
  await writeFile(join(folder, 'findings'), findings.map(line => `${line}\n`).join(''))
  const program = join(folder, 'bin/k8s-mtp')
  await writeFile(program, '#!/bin/sh\nif [ "$1" = lint ]; then cat findings; else echo "No changes."; fi\n')
  await chmod(program, 0o755)
  await run('bash', [gitopsPath('ci/check.sh'), 'HEAD^1'], { cwd: folder, env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}` } })
  return await readFile(join(folder, 'changes.md'), 'utf8')
}

const warning = (index: number) => `tenants/acme/tenant.yaml:${index}:1: warning: ${'ä'.repeat(40)} (paused-tenant)`
const fence = '`````'

it('shows a few warnings as they are', async () => {
  expect(await changes([warning(1), warning(2), 'summary'])).toBe(['No changes.', '', '<details><summary>Warnings of k8s-mtp lint</summary>', '',
    fence, warning(1), warning(2), fence, '', '</details>', ''].join('\n'))
})

it('shows whole lines of many warnings, says how many are left out, and closes the fence', async () => {
  const all = Array.from({ length: 100 }, (_, index) => warning(index))
  const markdown = await changes(all)
  const lines = markdown.split('\n')
  const [start, end] = [lines.indexOf(fence), lines.lastIndexOf(fence)]
  expect(end).toBeGreaterThan(start)
  const shown = lines.slice(start + 1, end - 1)
  expect(shown).toEqual(all.slice(0, shown.length))
  expect(Buffer.byteLength(shown.join('\n'))).toBeGreaterThan(3500)
  expect(Buffer.byteLength(shown.join('\n'))).toBeLessThanOrEqual(4000)
  expect(lines[end - 1]).toBe(`(${100 - shown.length} more: run k8s-mtp lint)`)
  expect(lines.slice(end + 1)).toEqual(['', '</details>', ''])
})
