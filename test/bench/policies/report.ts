import type { Row } from '../report.ts'
import type { Cost } from './budgets.ts'
import type { Figures } from './measure.ts'

export function policyTables (figures: Figures): Array<readonly [string, Row[]]> {
  const { policies, costs, millisecondsPerWrite } = figures
  const milliseconds = Object.entries(policies).sort(([, a], [, b]) => b - a)
  const together = `all policies together ${millisecondsPerWrite.toFixed(2)}`
  return [
    cpuTable(figures),
    costs === undefined
      ? [`Milliseconds of admission for a write; ${together}`, [['', 'alone'], ...milliseconds]]
      : [`Milliseconds of admission for a write, ${together}; and its CEL cost, at most`, [
          ['', 'alone ms', 'CEL cost, at most', 'of the limit', 'the most expensive write', 'mean of all writes'],
          ...milliseconds.map(([name, alone]): Row => [name, alone, ...cellsOf(costs[name])])
        ]]
  ]
}

function cpuTable ({ tenants, rounds, cpuSeconds, policiesShare, partsOfShare }: Figures): readonly [string, Row[]] {
  const parts = Object.entries(partsOfShare)
  return [`CPU of kube-apiserver for ${tenants} Tenants, the median of ${rounds} rounds`, [
    ['with policies s', 'without', 'share of the policies in CPU profiles %', 'goal', ...parts.map(([part]) => `of it ${part}`)],
    [cpuSeconds.with, cpuSeconds.without, 100 * policiesShare, 8, ...parts.map(([, share]) => 100 * share)]
  ]]
}

/** Empty for guardrails that match no write. */
function cellsOf (cost: Cost | undefined): Row {
  return cost === undefined || cost.largest === 0 ? [] : [cost.largest, partOf(cost.shareOfLimit), cost.write, cost.mean]
}

/** The greatest unit fraction that is no less than the share: `1/3333` for 0.0003. */
function partOf (share: number): string {
  // A share is a quotient: without a tolerance, 1 / (1 / 49) would be less than 49.
  return `1/${Math.floor(1 / share + 1e-6)}`
}
