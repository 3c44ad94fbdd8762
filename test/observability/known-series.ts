import { hookRegistry, seriesOfTenants } from '../../observability/series.ts'
import { queryableNames } from './exposition.ts'
import { foreignSeries } from './foreign-series.ts'
import { queriedNames } from './promql.ts'
import { promtool } from './promtool.ts'

/** Every series that there is to ask for. That those of others are there is for the end-to-end suite to see. */
async function knownSeries (): Promise<Set<string>> {
  const ofHook = queryableNames(await hookRegistry().metrics())
  return new Set([...ofHook, ...seriesOfTenants().map(({ name }) => name), ...Object.values(foreignSeries).flat()])
}

/** What is wrong with expressions: those that promtool cannot read, and names that nobody tells. */
export async function objectionsToExpressions (expressions: readonly string[]): Promise<string[]> {
  const known = await knownSeries()
  const unknown = expressions.flatMap(expr => queriedNames(expr).filter(name => !known.has(name)).map(name => `nobody tells ${name}, which is asked for in: ${expr}`))
  const groups = [{ name: 'all', rules: expressions.map((expr, index) => ({ record: `expression_${index}`, expr })) }]
  const { code, output } = await promtool(['check', 'rules', '--lint=none'], { stdin: JSON.stringify({ groups }) })
  return code === 0 ? unknown : [...unknown, output]
}
