import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { quotaKind } from './kinds.ts'

export interface Refused {
  what: string
  /** The message of the API server. */
  message: string
}

const dryRun = { dryRun: true }

/** Tries harmful changes by dry run; throws if the API server admits one. Policies take effect after some seconds. */
export async function tryTampering (client: KubeClient, namespace: string): Promise<Refused[]> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: namespace }
  const quota = { ...quotaKind, namespace, name: 'tenant-quota' }
  const morePods = { spec: { hard: { pods: '9999' } } }
  const privileged = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }
  const spec = { type: 'NodePort', ports: [{ port: 80 }], selector: { app: 'web' } }
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'open', namespace }, spec }
  return [
    await refused(`delete Namespace ${namespace}`, async () => client.delete(ref, { dryRun: ['All'] })),
    await refused('set pods to 9999 in its quota', async () => client.patch(quota, morePods, dryRun)),
    await refused('lower its pod security', async () => client.patch(ref, privileged, dryRun)),
    await refused('open a port on every node', async () => client.create(service, dryRun))
  ]
}

const TIMEOUT = 10_000

async function refused (what: string, attempt: () => Promise<unknown>): Promise<Refused> {
  const deadline = Date.now() + TIMEOUT
  for (;;) {
    const error = await attempt().then(() => undefined, (error: unknown) => error)
    if (error instanceof ApiError && error.code === 403) {
      return { what, message: error.message.replace(/^.* denied request: /, '') }
    }
    if (error !== undefined) throw error
    if (Date.now() > deadline) throw new Error(`the API server admits: ${what}`)
    await sleep(200)
  }
}
