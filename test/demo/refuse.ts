import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { quotaKind } from './kinds.ts'

export interface Refused {
  what: string
  /** What the API server says to it. */
  message: string
}

const namespaceKind = { apiVersion: 'v1', kind: 'Namespace' }
const dryRun = { dryRun: true }

/** Tries what would harm a tenant, by dry run: throws where the API server would let it pass. Policies are in force some seconds after they were applied. */
export async function tryTampering (client: KubeClient, namespace: string): Promise<Refused[]> {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'open', namespace }, spec: { type: 'NodePort', ports: [{ port: 80 }], selector: { app: 'web' } } }
  return [
    await refused(`delete Namespace ${namespace}`, async () => client.delete({ ...namespaceKind, name: namespace }, { dryRun: ['All'] })),
    await refused('set pods to 9999 in its quota', async () => client.patch({ ...quotaKind, namespace, name: 'tenant-quota' }, { spec: { hard: { pods: '9999' } } }, dryRun)),
    await refused('lower its pod security', async () => client.patch({ ...namespaceKind, name: namespace }, { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }, dryRun)),
    await refused('open a port on every node', async () => client.create(service, dryRun))
  ]
}

const PATIENCE = 10_000

async function refused (what: string, attempt: () => Promise<unknown>): Promise<Refused> {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const error = await attempt().then(() => undefined, (error: unknown) => error)
    if (error instanceof ApiError && error.code === 403) return { what, message: error.message.replace(/^.* denied request: /, '') }
    if (error !== undefined) throw error
    if (Date.now() > deadline) throw new Error(`the API server lets it pass: ${what}`)
    await sleep(200)
  }
}
