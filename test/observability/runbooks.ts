import { readFileSync } from 'node:fs'
import { readAlerts } from '../../observability/alerts.ts'

export const runbooks = new URL('../../docs/runbooks/', import.meta.url)

export const alertNames = [...new Set(readAlerts().map(({ alert }) => alert))].sort()

export function runbookOf (alert: string): string {
  return readFileSync(new URL(`${alert}.md`, runbooks), 'utf8')
}

/** Returns the PromQL queries of the runbooks, one per line. */
export function queriesInRunbooks (): string[] {
  const blocks = alertNames.flatMap(name => [...runbookOf(name).matchAll(/```promql\n([^`]*)```/g)].map(([, text = '']) => text))
  return blocks.flatMap(text => text.split('\n').filter(line => line !== '' && !line.startsWith('#')))
}
