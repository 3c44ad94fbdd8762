import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** Files for observability that the chart installs. */
export const shippedFiles = new URL('../chart/files/', import.meta.url)

/** An alerting rule of Prometheus. Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export interface Alert {
  alert: string
  expr: string
  for: string
  labels: { severity: string }
  annotations: { summary: string, description: string, runbook_url: string }
}

/** Reads the rules in the order of the file. An alert with two severities occurs twice. */
export function readAlerts (): Alert[] {
  const { groups }: { groups: { rules: Alert[] }[] } = parse(readFileSync(new URL('alerts.yaml', shippedFiles), 'utf8'))
  return groups.flatMap(({ rules }) => rules)
}
