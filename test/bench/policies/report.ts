import type { Row } from '../report.ts'
import type { Figures } from './measure.ts'

export function policyTables ({ tenants, rounds, cpuSeconds, policiesShare, policies, millisecondsPerWrite }: Figures): Array<readonly [string, Row[]]> {
  return [
    [`CPU of kube-apiserver for ${tenants} Tenants, the median of ${rounds} rounds`, [
      ['with policies s', 'without', 'share of the policies %', 'goal'],
      [cpuSeconds.with, cpuSeconds.without, 100 * policiesShare, 8]
    ]],
    [`Milliseconds of admission for a write; all policies together ${millisecondsPerWrite.toFixed(2)}`, [
      ['', 'alone'],
      ...Object.entries(policies).sort(([, a], [, b]) => b - a).map(([name, milliseconds]): Row => [name, milliseconds])
    ]]
  ]
}
