import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { expectSection } from '../support/page.ts'
import type { Attempt, Advisory } from './advisories/advisory.ts'
import { advisories } from './advisories/advisories.ts'
import { createAdvisoryWorld, type AdvisoryWorld } from './advisories/world.ts'
import { errorMessage } from '../../src/error-message.ts'

let world: AdvisoryWorld
let removeWorld: (() => Promise<void>) | undefined
/** What stopped the attempts of this run. */
const stopped = new Map<Advisory, string[]>()

beforeAll(async () => {
  ({ world, remove: removeWorld } = await createAdvisoryWorld())
})
afterAll(async () => removeWorld?.())

async function verify ({ action, stoppedBy, verify }: Attempt): Promise<string> {
  await verify(world).catch((error: unknown) => {
    throw new Error(`${action}: ${errorMessage(error)}`, { cause: error })
  })
  return stoppedBy
}

test.concurrent.each(advisories)('$id does not apply: $vulnerability', async advisory => {
  stopped.set(advisory, await Promise.all(advisory.attempts.map(verify)))
})

test('tests with further evidence exist', () => {
  for (const { file, title } of advisories.flatMap(({ tests = [] }) => tests)) expect(readFileSync(repositoryPath(file), 'utf8')).toContain(title)
})

test('docs/security.md lists each advisory, and what stopped the attempts', () => {
  expectSection('docs/security.md', 'advisories', [
    '| advisory | vulnerability | in k8s-mtp | attempts, and what stopped them |',
    '| --- | --- | --- | --- |',
    ...advisories.map(advisory => `| ${advisory.id} | ${advisory.vulnerability} | ${advisory.mitigation} | ${[...counted(stopped.get(advisory) ?? []), ...elsewhere(advisory)].join('; ')} |`)
  ].join('\n'))
})

function counted (stops: string[]): string[] {
  const counts = new Map<string, number>()
  for (const stop of stops) counts.set(stop, (counts.get(stop) ?? 0) + 1)
  return [...counts].map(([stop, count]) => `${count} × ${stop}`)
}

function elsewhere ({ tests = [] }: Advisory): string[] {
  return [...new Set(tests.map(({ file }) => `[${file}](../${file})`))]
}
