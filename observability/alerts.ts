import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** Where rules and all else that is shipped for observability is kept; the chart wraps it. */
export const shippedFiles = new URL('../chart/files/', import.meta.url)

/** A rule of Prometheus that alerts. Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export interface Alert {
  alert: string
  expr: string
  for: string
  labels: { severity: string }
  annotations: { summary: string, description: string, runbook_url: string }
}

/** In the order of the file; an alert of two severities is there twice. */
export function readAlerts (): Alert[] {
  const { groups }: { groups: { rules: Alert[] }[] } = parse(readFileSync(new URL('alerts.yaml', shippedFiles), 'utf8'))
  return groups.flatMap(({ rules }) => rules)
}
