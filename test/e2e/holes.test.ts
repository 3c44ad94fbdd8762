import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { expectSection } from '../support/page.ts'
import type { Attempt, Hole } from './holes/hole.ts'
import { holes } from './holes/holes.ts'
import { createHoleWorld, type HoleWorld } from './holes/world.ts'
import { messageOf } from '../../src/error-message.ts'

let world: HoleWorld
let removeWorld: (() => Promise<void>) | undefined
/** What stopped each attempt of this run, by hole. */
const stopped = new Map<Hole, string[]>()

beforeAll(async () => {
  ({ world, remove: removeWorld } = await createHoleWorld())
})
afterAll(async () => removeWorld?.())

async function prove ({ tries, by, prove }: Attempt): Promise<string> {
  await prove(world).catch((error: unknown) => {
    throw new Error(`somebody tries ${tries}: ${messageOf(error)}`, { cause: error })
  })
  return by
}

test.concurrent.each(holes)('$id is none of ours: $was', async hole => {
  stopped.set(hole, await Promise.all(hole.attempts.map(prove)))
})

test('what shows it elsewhere is there', () => {
  for (const { file, title } of holes.flatMap(({ tests = [] }) => tests)) expect(readFileSync(repositoryPath(file), 'utf8')).toContain(title)
})

test('docs/security.md lists each hole, and what stopped whoever tried', () => {
  expectSection('docs/security.md', 'holes', [
    '| hole | what it was | here | tried, and stopped by |',
    '| --- | --- | --- | --- |',
    ...holes.map(hole => `| ${hole.id} | ${hole.was} | ${hole.here} | ${[...counted(stopped.get(hole) ?? []), ...elsewhere(hole)].join('; ')} |`)
  ].join('\n'))
})

function counted (stops: string[]): string[] {
  const counts = new Map<string, number>()
  for (const stop of stops) counts.set(stop, (counts.get(stop) ?? 0) + 1)
  return [...counts].map(([stop, count]) => `${count} × ${stop}`)
}

function elsewhere ({ tests = [] }: Hole): string[] {
  return [...new Set(tests.map(({ file }) => `[${file}](../${file})`))]
}
