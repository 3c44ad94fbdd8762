import { hookRegistry, seriesOfTenants } from '../../observability/series.ts'
import { queryableNames } from './exposition.ts'
import { externalSeries } from './external-series.ts'
import { queriedNames } from './promql.ts'
import { promtool } from './promtool.ts'

/** Returns every metric that can be queried. The end-to-end suite checks that external ones exist. */
async function knownSeries (): Promise<Set<string>> {
  const ofHook = queryableNames(await hookRegistry().metrics())
  return new Set([...ofHook, ...seriesOfTenants().map(({ name }) => name), ...Object.values(externalSeries).flat()])
}

/** Finds unknown metrics and invalid PromQL in expressions. */
export async function problemsInExpressions (expressions: readonly string[]): Promise<string[]> {
  const known = await knownSeries()
  const unknown = expressions.flatMap(expr =>
    queriedNames(expr)
      .filter(name => !known.has(name))
      .map(name => `unknown metric ${name} in: ${expr}`)
  )
  const groups = [{ name: 'all', rules: expressions.map((expr, index) => ({ record: `expression_${index}`, expr })) }]
  const { code, output } = await promtool(['check', 'rules', '--lint=none'], { stdin: JSON.stringify({ groups }) })
  return code === 0 ? unknown : [...unknown, output]
}
