import { readFileSync } from 'node:fs'
import type { Metric, Registry } from 'prom-client'
import { parse } from 'yaml'
import { createMetrics } from '../src/server/metrics.ts'
import { shippedFiles } from './alerts.ts'

interface Paths { labelsFromPath?: Record<string, string[]> }

/**
 * A metric in the configuration of kube-state-metrics.
 * Source: its documentation, docs/metrics/extend/customresourcestate-metrics.md
 */
interface ConfiguredMetric extends Paths {
  name: string
  help: string
  each: { type: string, gauge?: Paths, info?: Paths, stateSet?: Paths & { labelName: string } }
}

interface ConfiguredResource extends Paths { metricNamePrefix: string, metrics: ConfiguredMetric[] }

/** A metric, as docs/reference/metrics.md describes it. */
export interface Series { name: string, type: string, help: string, labels: string[] }

/** Returns the metrics that the shipped configuration of kube-state-metrics defines for Tenants, in its order. */
export function seriesOfTenants (): Series[] {
  const configuration: { spec: { resources: ConfiguredResource[] } } =
    parse(readFileSync(new URL('kube-state-metrics.yaml', shippedFiles), 'utf8'))
  return configuration.spec.resources.flatMap(({ metricNamePrefix, labelsFromPath, metrics }) =>
    metrics.map(({ name, help, each: { type, gauge, info, stateSet } }) => ({
      name: `${metricNamePrefix}_${name}`,
      type: type.toLowerCase(),
      help,
      labels: [
        ...[labelsFromPath, gauge?.labelsFromPath, info?.labelsFromPath, stateSet?.labelsFromPath]
          .flatMap(paths => Object.keys(paths ?? {})),
        ...(stateSet === undefined ? [] : [stateSet.labelName])
      ]
    })))
}

/** Creates a registry with all metrics of the hook, including those that exist only with TLS. */
export function hookRegistry (): Registry {
  const metrics = createMetrics('0.0.0')
  metrics.certificateExpires(new Date())
  return metrics.registry
}

/** Returns the hook's own metrics, in the order in which it exposes them, without those of the process. */
export function seriesOfHook (): Series[] {
  const metrics = hookRegistry().getMetricsAsArray() as unknown as HookMetric[]
  return metrics.filter(({ name }) => name.startsWith('k8s_mtp_'))
    .map(({ name, type, help, labelNames }) => ({ name, type, help, labels: [...labelNames] }))
}

/** Properties of every metric of prom-client, which its types declare only in part. */
type HookMetric = Metric & { name: string, type: string, help: string, labelNames: readonly string[] }
