import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openHelm } from '../chart-lifecycle/helm.ts'
import type { KubeClient } from '../cluster/client.ts'
import { findCharts, type Item } from './find-charts.ts'
import { chartsBeside } from './render.ts'
import { tryItem, type Tried } from './try-item.ts'

export interface TryOptions {
  client: KubeClient
  className: string
  /** For copies of charts, and for helm; it must exist. */
  folder: string
  /** As the API server reports it, `v1.37.2`. */
  kubernetes: string
  /** Called for each item, in the order in which they end. */
  onTried?: (tried: Tried, done: number, count: number) => void
}

/** More at a time would make the quotas of Tenants late on a small machine. */
const PARALLEL = 3

/** Tries every item in a folder, and returns them in their order. Rejects if there is none, or no such class. */
export async function tryAll (charts: string, { client, className, folder, kubernetes, onTried }: TryOptions): Promise<Tried[]> {
  await requireClass(client, className)
  const items = findCharts(charts)
  if (items.length === 0) throw new Error(`${charts} has no chart and no manifest`)
  const copies = join(folder, 'copies')
  mkdirSync(copies, { recursive: true })
  const renderer = {
    helm: await openHelm('helm-4', { kubeconfig: join(folder, 'no-kubeconfig'), folder: join(folder, 'helm') }),
    folder: copies,
    beside: chartsBeside(charts),
    kubernetes: kubernetes.replace(/^v/, '')
  }
  const tried = new Map<Item, Tried>()
  const queue = [...items.entries()]
  const prefix = `try-${Math.random().toString(36).slice(2, 6)}`
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, item] = next
      const result = await tryItem(item, `${prefix}-${index}`, { client, className, renderer })
      tried.set(item, result)
      onTried?.(result, tried.size, items.length)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return items.flatMap(item => tried.get(item) ?? [])
}

async function requireClass (client: KubeClient, className: string): Promise<void> {
  const { items } = await client.list({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass' })
  const names = items.map(({ metadata: { name } }) => name)
  if (!names.includes(className)) throw new Error(`there is no class ${className}. Use one of ${names.join(', ')}`)
}
