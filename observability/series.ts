import { readFileSync } from 'node:fs'
import type { Registry } from 'prom-client'
import { parse } from 'yaml'
import { createMetrics } from '../src/server/metrics.ts'
import { shippedFiles } from './alerts.ts'

interface Paths { labelsFromPath?: Record<string, string[]> }

/** Of one series: what its configuration says. Source: the documentation of kube-state-metrics, docs/metrics/extend/customresourcestate-metrics.md */
interface Configured extends Paths {
  name: string
  help: string
  each: { gauge?: Paths, info?: Paths, stateSet?: Paths & { labelName: string } }
}

/** A series, as docs/observability.md tells of it. */
export interface Series { name: string, help: string, labels: string[] }

/** What kube-state-metrics tells by the configuration that is shipped, in its order. */
export function seriesOfTenants (): Series[] {
  const { spec: { resources } }: { spec: { resources: (Paths & { metricNamePrefix: string, metrics: Configured[] })[] } } =
    parse(readFileSync(new URL('kube-state-metrics.yaml', shippedFiles), 'utf8'))
  return resources.flatMap(({ metricNamePrefix, labelsFromPath, metrics }) => metrics.map(({ name, help, each: { gauge, info, stateSet } }) => ({
    name: `${metricNamePrefix}_${name}`,
    help,
    labels: [labelsFromPath, gauge?.labelsFromPath, info?.labelsFromPath, stateSet?.labelsFromPath].flatMap(paths => Object.keys(paths ?? {}))
      .concat(stateSet === undefined ? [] : [stateSet.labelName])
  })))
}

/** All that the hook tells, what it tells with TLS only among it. */
export function hookRegistry (): Registry {
  const metrics = createMetrics('0.0.0')
  metrics.certificateExpires(new Date())
  return metrics.registry
}

/** What is the hook's own, in the order in which it tells it; beside it there is what prom-client tells of the process. */
export function seriesOfHook (): Series[] {
  const metrics = hookRegistry().getMetricsAsArray().filter(({ name }) => name.startsWith('k8s_mtp_'))
  return metrics.map(metric => ({ name: metric.name, help: metric.help, labels: 'labelNames' in metric ? (metric.labelNames as string[]) : [] })) // of all its metrics, though prom-client's type does not say so
}
