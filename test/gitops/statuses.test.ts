import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { reasons } from '../../src/api/condition.ts'
import { expectSection } from '../support/page.ts'
import { verdictsOf } from './readers.ts'
import { observed, situations, notReconciled, type Reading, type Situation } from './situations.ts'

const fileOf = ({ name }: Situation) => new URL(`statuses/${name.replaceAll(' ', '-')}.yaml`, import.meta.url).pathname

/**
 * The expected results, by the documented rules.
 * kstatus: https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 * Argo CD: https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
 */
const words: Record<Reading, Record<'kstatus' | 'flux' | 'argo', string>> = {
  current: { kstatus: 'Current', flux: 'Current', argo: 'Healthy' },
  'in progress': { kstatus: 'InProgress', flux: 'InProgress', argo: 'Progressing' },
  failed: { kstatus: 'Failed', flux: 'Failed', argo: 'Degraded' },
  // kstatus has no pause: Ready=False is in progress. A pause declared in Git is current.
  paused: { kstatus: 'InProgress', flux: 'Current', argo: 'Suspended' },
  terminating: { kstatus: 'Terminating', flux: 'InProgress', argo: 'Progressing' }
}

describe('the status of a Tenant', () => {
  it('has a situation for each reason', () => {
    expect([...new Set(situations.map(({ reason }) => reason))].sort()).toEqual([...reasons].sort())
  })

  it.each(situations)('matches its snapshot in the state: $name, with the reason $reason', async situation => {
    const object = observed(situation)
    expect(object.status.conditions?.map(({ reason }) => reason)).toContain(situation.reason)
    await expect(stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })).toMatchFileSnapshot(fileOf(situation))
  })
})

const states = [
  ...situations.map(situation => ({ ...situation, object: observed(situation) })),
  ...notReconciled.map(state => ({ ...state, reason: '-' }))
]

describe('the verdict of kstatus, Flux and Argo CD', async () => {
  const verdicts = await verdictsOf(states.map(({ object }) => object))
  const rows = states.map((state, index) => ({ ...state, verdict: verdicts[index] }))

  it.each(rows)('matches the state: $name', ({ object, reading, verdict }) => {
    expect({ kstatus: verdict?.kstatus.status, flux: verdict?.flux.status, argo: verdict?.argo.status }).toEqual(words[reading])
    // Argo CD shows the message, with its advice, beside the object.
    const ready = object.status.conditions?.find(({ type }) => type === 'Ready')
    const isCurrent = object.status.observedGeneration === object.metadata.generation && object.metadata.deletionTimestamp === undefined
    if (isCurrent) expect(verdict?.argo.message).toContain(ready?.message)
  })

  it('is on the page', () => {
    const cells = ({ name, reason, object, verdict }: typeof rows[number]) => {
      const ready = object.status.conditions?.find(({ type }) => type === 'Ready')
      return `| ${name} | ${ready?.status ?? '-'} | ${reason} | ${verdict?.kstatus.status} | ${verdict?.flux.status} | ${verdict?.argo.status} |`
    }
    expectSection('docs/gitops.md', 'table of statuses', [
      '| State | Ready | Reason | kstatus | Flux, with `flux/tenants.yaml` | Argo CD, with `health.lua` |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows.map(cells)
    ].join('\n'))
  })
})
