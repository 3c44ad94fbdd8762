import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { shippedFiles } from './alerts.ts'

interface Paths { labelsFromPath?: Record<string, string[]> }

/** Of one series: what its configuration says. Source: the documentation of kube-state-metrics, docs/metrics/extend/customresourcestate-metrics.md */
interface Configured extends Paths {
  name: string
  help: string
  each: { gauge?: Paths, info?: Paths, stateSet?: Paths & { labelName: string } }
}

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
