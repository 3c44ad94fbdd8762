import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { reasons } from '../../src/api/condition.ts'
import { expectSection } from '../support/page.ts'
import { verdictsOf } from './readers.ts'
import { observed, situations, unseen, type Reading, type Situation } from './situations.ts'

const fileOf = ({ name }: Situation) => new URL(`statuses/${name.replaceAll(' ', '-')}.yaml`, import.meta.url).pathname

/**
 * What they are to say, by their written rules.
 * kstatus: https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 * Argo CD: https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
 */
const words: Record<Reading, Record<'kstatus' | 'flux' | 'argo', string>> = {
  done: { kstatus: 'Current', flux: 'Current', argo: 'Healthy' },
  'under way': { kstatus: 'InProgress', flux: 'InProgress', argo: 'Progressing' },
  failed: { kstatus: 'Failed', flux: 'Failed', argo: 'Degraded' },
  // kstatus knows no pause: for it Ready=False is under way. Who asked for the pause in Git does not want to wait for its end.
  paused: { kstatus: 'InProgress', flux: 'Current', argo: 'Suspended' },
  ending: { kstatus: 'Terminating', flux: 'InProgress', argo: 'Progressing' }
}

describe('the status of a Tenant', () => {
  it('has a situation for each reason that there is', () => {
    expect([...new Set(situations.map(({ reason }) => reason))].sort()).toEqual(Object.keys(reasons).sort())
  })

  it.each(situations)('while $name is as written down, with the reason $reason', async situation => {
    const object = observed(situation)
    expect(object.status.conditions?.map(({ reason }) => reason)).toContain(situation.reason)
    await expect(stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })).toMatchFileSnapshot(fileOf(situation))
  })
})

const states = [
  ...situations.map(situation => ({ ...situation, object: observed(situation) })),
  ...unseen.map(state => ({ ...state, reason: '-' }))
]

describe('what kstatus, Flux and Argo CD say of a Tenant', async () => {
  const said = await verdictsOf(states.map(({ object }) => object))
  const rows = states.map((state, index) => ({ ...state, said: said[index] }))

  it.each(rows)('while $name', ({ object, reading, said }) => {
    expect({ kstatus: said?.kstatus.status, flux: said?.flux.status, argo: said?.argo.status }).toEqual(words[reading])
    // Argo CD shows the message beside the object: people read there what to do.
    const ready = object.status.conditions?.find(({ type }) => type === 'Ready')
    const isSeen = object.status.observedGeneration === object.metadata.generation && object.metadata.deletionTimestamp === undefined
    if (isSeen) expect(said?.argo.message).toContain(ready?.message)
  })

  it('is on the page', () => {
    const cells = ({ name, reason, object, said }: typeof rows[number]) => {
      const ready = object.status.conditions?.find(({ type }) => type === 'Ready')
      return `| ${name} | ${ready?.status ?? '-'} | ${reason} | ${said?.kstatus.status} | ${said?.flux.status} | ${said?.argo.status} |`
    }
    expectSection('docs/gitops.md', 'what the statuses mean', [
      '| while | Ready | reason | kstatus | Flux, as in `flux/tenants.yaml` | Argo CD, with `health.lua` |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows.map(cells)
    ].join('\n'))
  })
})
