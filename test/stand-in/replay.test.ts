import { describe, expect, test } from 'vitest'
import { knownDifferences } from './known-differences.ts'
import type { ApplyStrategy } from './plan-writes.ts'
import { fromRecording, fromStandIn, inOrder } from './replay/comparable.ts'
import { scenariosOf, syncsOf, syncsWithWrites, type RecordedWrite, type Scenario } from './replay/recording.ts'
import { replay, type Replayed } from './replay/replay.ts'

const strategies: ApplyStrategy[] = ['dynamic-apply', 'server-side-apply']

for (const strategy of strategies) {
  const replayed = await replay(strategy)

  describe(`under ${strategy} the stand-in writes what Metacontroller wrote`, () => {
    test.each(replayed.map(one => ({
      title: one.scenario.scenario.replaceAll('-', ' '),
      one
    })))('$title', ({ one }) => {
      const { scenario, syncs } = one
      expect(syncs.flatMap(({ requests }) => requests)).toEqual(syncsOf(scenario).map(({ request }) => request))

      const compared = syncs.slice(0, syncsWithWrites(scenario))
      const written = compared.flatMap(({ parent, writes }) => writes.map(write => ({ parent, write })))
      const count = Math.min(written.length, scenario.writes.length)
      for (const parent of new Set(syncs.map(sync => sync.parent))) {
        const actual = written.slice(0, count).filter(one => one.parent === parent)
          .map(({ write }) => fromStandIn(write))
        const expected = scenario.writes.slice(0, count).filter(write => parentOf(one, write) === parent)
          .map(fromRecording)
        expect(inOrder(actual)).toEqual(inOrder(expected))
      }

      const all = syncs.flatMap(({ writes }) => writes)
      expect({
        recordedOnly: scenario.writes.length - count,
        replayedOnly: all.length - count
      }).toEqual(knownDifference(strategy, scenario))
    })
  })
}

test('each known difference belongs to a recorded scenario', () => {
  const names = strategies.flatMap(strategy => scenariosOf(strategy).map(({ scenario }) => `${strategy} ${scenario}`))
  expect(names)
    .toEqual(expect.arrayContaining(knownDifferences.map(({ strategy, scenario }) => `${strategy} ${scenario}`)))
})

function knownDifference (strategy: ApplyStrategy, { scenario }: Scenario): { recordedOnly: number, replayedOnly: number } {
  const known = knownDifferences.find(difference => difference.strategy === strategy && difference.scenario === scenario)
  return { recordedOnly: known?.recordedOnly ?? 0, replayedOnly: known?.replayedOnly ?? 0 }
}

/** Finds the tenant of a write, since some scenarios sync two tenants concurrently. */
function parentOf ({ syncs }: Replayed, { resource, name, body }: RecordedWrite): string | undefined {
  const parents = [...new Set(syncs.map(({ parent }) => parent))]
  if (parents.length === 1) return parents[0]
  if (resource === 'tenants/status') return name
  return parents.find(parent => JSON.stringify(body).includes(`"name":"${parent}"`))
}
