import { setTimeout as sleep } from 'node:timers/promises'
import { isRecord } from '../../cluster/api-error.ts'
import type { KubeClient } from '../../cluster/client.ts'
import { refOf, type KubeObject } from '../../cluster/kube-object.ts'
import { restricted } from '../../demo/workloads.ts'
import type { Platform } from '../../cluster/platform.ts'
import { measure } from './meter.ts'
import { breakGlass } from './tenants.ts'
import type { Usage } from './usage.ts'

const podKind = { apiVersion: 'v1', kind: 'Pod' }
const WARM_UP_MINUTES = 2
const MINUTES = 2

/** How long a pod runs, in milliseconds. */
const RUN = 3_000

/**
 * Creates a CronJob per minute in each namespace, and measures two minutes, once each minute creates a Job and deletes the one before
 * it. Break-glass reports the end of each pod, instead of a node.
 */
export async function runCronJobs (platform: Platform, namespaces: string[]): Promise<Usage> {
  const { client } = platform
  const jobs = namespaces.map(cronJob)
  await Promise.all(jobs.map(job => client.create(job)))
  const stopped = new AbortController()
  const ended = endPods(breakGlass(client), stopped.signal)
  // Between the Jobs of two minutes, which Kubernetes creates at second 0.
  await sleep(WARM_UP_MINUTES * 60_000 + (105 - new Date().getSeconds()) % 60 * 1000)
  const usage = await measure(platform, () => sleep(MINUTES * 60_000))
  stopped.abort()
  await ended
  await Promise.all(jobs.map(job => client.delete(refOf(job), { propagationPolicy: 'Background' })))
  return usage
}

function cronJob (namespace: string): KubeObject {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'job', image: 'registry.example.com/job:1', ...restricted }] } }
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'every-minute', namespace },
    spec: { schedule: '* * * * *', successfulJobsHistoryLimit: 1, jobTemplate: { spec: { template } } }
  }
}

/** Sets pods to Running, and later to Succeeded. */
async function endPods (client: KubeClient, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    const { items } = await client.list(podKind)
    await Promise.all(items.map(pod => advance(client, pod)))
    await sleep(500)
  }
}

async function advance (client: KubeClient, pod: KubeObject): Promise<void> {
  const { phase, startTime } = isRecord(pod.status) ? pod.status : {}
  const setStatus = async (status: object): Promise<void> => {
    // The Job may be deleted meanwhile.
    await client.patch(refOf(pod), { status }, { subresource: 'status' }).catch(() => undefined)
  }
  if (phase === 'Pending') await setStatus({ phase: 'Running', startTime: new Date().toISOString() })
  if (phase === 'Running' && Date.now() - Date.parse(String(startTime)) > RUN) await setStatus({ phase: 'Succeeded' })
}
