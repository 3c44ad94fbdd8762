import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { TenantClass } from '../../src/api/tenant-class.ts'
import { parseQuantity } from '../../src/kubernetes/quantity.ts'
import { countedResource } from '../../src/kubernetes/quota-resources.ts'
import { repositoryPath } from '../cluster/paths.ts'

type Amounts = Record<string, string>

/** A workload as teams run it. Its containers set requests of cpu and memory only, so the class sets the rest. */
export interface Workload {
  /** As in docs/classes.md. */
  name: string
  pods: number
  /** The requests of each container of a pod. */
  containers: Amounts[]
  /** The size of the volume claim of each pod. */
  storage?: string
  /** Other objects, and those that controllers and Helm create for it: by resource of quotas. */
  objects: Amounts
}

/** A Helm release: 10 revisions and a Secret of its own. Below: 10 old ReplicaSets, the current and the next. */
const release = { secrets: '11', configmaps: '1', services: '1', 'count/endpoints': '1' }
const proxy = { cpu: '10m', memory: '32Mi' }

export const workloads: Workload[] = [
  {
    name: 'web pod',
    pods: 1,
    containers: [{ cpu: '50m', memory: '96Mi' }, proxy],
    objects: {}
  },
  {
    name: 'web service',
    pods: 2,
    containers: [{ cpu: '50m', memory: '96Mi' }, proxy],
    objects: {
      ...release,
      'count/deployments.apps': '1',
      'count/replicasets.apps': '12',
      'count/serviceaccounts': '1',
      'count/ingresses.networking.k8s.io': '1',
      'count/horizontalpodautoscalers.autoscaling': '1',
      'count/poddisruptionbudgets.policy': '1'
    }
  },
  {
    name: 'Redis',
    pods: 1,
    containers: [{ cpu: '50m', memory: '64Mi' }],
    objects: { ...release, 'count/deployments.apps': '1', 'count/replicasets.apps': '12' }
  },
  {
    name: 'PostgreSQL',
    pods: 3,
    containers: [{ cpu: '250m', memory: '256Mi' }, proxy],
    storage: '10Gi',
    objects: {
      ...release,
      services: '3',
      'count/endpoints': '3',
      'count/statefulsets.apps': '1',
      'count/controllerrevisions.apps': '12',
      'count/poddisruptionbudgets.policy': '1'
    }
  },
  {
    name: 'CronJob',
    pods: 1,
    containers: [{ cpu: '50m', memory: '64Mi' }],
    objects: { 'count/cronjobs.batch': '1', 'count/jobs.batch': '5', 'count/pods': '4' }
  }
]

export type Mix = Array<readonly [workload: Workload, count: number]>

/** Reads a mix as docs/classes.md writes it: `3 web pods, 1 Redis`. */
export function readMix (text: string): Mix {
  return text.split(', ').map(part => {
    const workload = workloads.find(({ name }) => part.replace(/^\d+ /, '').replace(/s$/, '') === name.replace(/s$/, ''))
    if (workload === undefined) throw new Error(`${part} is no workload`)
    return [workload, Number.parseInt(part)]
  })
}

const milli = (amount: string | number | undefined): bigint => parseQuantity(amount ?? '0')?.milli ?? 0n

/** What the namespace of a Tenant has without workloads: the root certificates, the default ServiceAccount and the quotas. */
const own: Amounts = { configmaps: '1', 'count/serviceaccounts': '1', 'count/limitranges': '1', resourcequotas: '3' }

/** The usage of a mix, in thousandths by counted resource. Containers get the defaults of the class. */
export function usageOf (mix: Mix, { spec }: TenantClass): Map<string, bigint> {
  const usage = new Map<string, bigint>()
  const add = (resource: string, amount: bigint) => {
    const counted = countedResource(resource)
    usage.set(counted, (usage.get(counted) ?? 0n) + amount)
  }
  const defaults = spec.limits.find(({ type }) => type === 'Container')
  for (const [resource, amount] of Object.entries(own)) add(resource, milli(amount))
  for (const [{ pods, containers, storage, objects }, count] of mix) {
    const each = (resource: string, amount: string | number | undefined, factor = 1) =>
      add(resource, milli(amount) * BigInt(factor) * BigInt(count))
    for (const resource of ['pods', 'count/pods']) each(resource, 1, pods)
    for (const requests of containers) {
      for (const resource of ['cpu', 'memory', 'ephemeral-storage']) {
        each(`requests.${resource}`, requests[resource] ?? defaults?.defaultRequest?.[resource], pods)
        each(`limits.${resource}`, defaults?.default?.[resource], pods)
      }
    }
    each('requests.storage', storage, pods)
    each('persistentvolumeclaims', storage === undefined ? 0 : 1, pods)
    for (const [resource, amount] of Object.entries(objects)) each(resource, amount)
  }
  return usage
}

/** The resources of which a mix uses more than the quotas of the class. */
export function exceededBy (mix: Mix, tenantClass: TenantClass): string[] {
  const usage = usageOf(mix, tenantClass)
  return Object.values(tenantClass.spec.quotas).flatMap(Object.entries)
    .filter(([resource, hard]) => (usage.get(countedResource(resource)) ?? 0n) > milli(hard as string)).map(([resource]) => resource).sort()
}

/** How many of a workload fit into a class that runs nothing else. */
export function maxOf (workload: Workload, tenantClass: TenantClass): number {
  let count = 0
  while (exceededBy([[workload, count + 1]], tenantClass).length === 0) count++
  return count
}

const classes = repositoryPath('examples/classes')

/** The shipped classes, by name. */
export const shippedClasses: ReadonlyMap<string, TenantClass> = new Map(
  readdirSync(classes).filter(file => file !== 'kustomization.yaml')
    .map(file => parse(readFileSync(`${classes}/${file}`, 'utf8')) as TenantClass).map(found => [found.metadata.name, found])
)

/** A table of docs/classes.md: a record for each line, by the names of the columns. */
export function tableUnder (heading: string): Array<Record<string, string>> {
  const [, section = ''] = readFileSync(repositoryPath('docs/classes.md'), 'utf8').split(`\n## ${heading}\n`)
  const [names = [], , ...lines] = (section.split('\n## ')[0] ?? '').split('\n').filter(line => line.startsWith('|'))
    .map(line => line.split('|').slice(1, -1).map(cell => cell.trim().replaceAll('`', '')))
  return lines.map(cells => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])))
}
