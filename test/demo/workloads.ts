import { isRecord } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { conditionsOf, fillsInDefaults } from '../cluster/install.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { pollFor } from '../support/poll-for.ts'
import { since } from './correct.ts'

/** A Deployment whose pod the API server admits, and one whose pod it refuses. */
export interface Workloads {
  user: string
  admitted: { name: string, pod: string, milliseconds: number }
  /** With the message of the API server. */
  refused: { name: string, message: string }
}

const TIMEOUT = 30_000

/** What the Pod Security Standard `restricted` requires of a container. */
export const restricted = {
  securityContext: {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' }
  }
}

/**
 * Deploys both as an admin of the Tenant: one that sets nothing, where the API server fills in what it lacks, and one that asks for root. Deletes the
 * refused one, which its controller would retry.
 */
export async function deployWorkloads (client: KubeClient, namespace: string, user: string, image = 'registry.k8s.io/pause:3.10'): Promise<Workloads> {
  const admin = client.as(user)
  const admitted = deployment('web', namespace, { image, ...(!await fillsInDefaults(client) && restricted) })
  const refused = deployment('web-root', namespace, { image, securityContext: { runAsUser: 0 } })
  const start = performance.now()
  await Promise.all([admitted, refused].map(async object => await admin.create(object)))
  const pod = await pollFor('the pod of web was not created', async () => await podOf(admin, admitted), TIMEOUT)
  const milliseconds = since(start)
  const message = await pollFor('the pod of web-root was not refused', async () => await failureOf(admin, refused), TIMEOUT)
  await admin.delete(refOf(refused), { propagationPolicy: 'Background' })
  return {
    user,
    admitted: { name: admitted.metadata.name, pod, milliseconds },
    refused: { name: refused.metadata.name, message }
  }
}

function deployment (name: string, namespace: string, settings: object): KubeObject {
  const labels = { app: name }
  const container = { name: 'web', imagePullPolicy: 'IfNotPresent', ...settings }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } }
  }
}

async function podOf (client: KubeClient, { metadata }: KubeObject): Promise<string | undefined> {
  const { name, namespace = '' } = metadata
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector: `app=${name}` })
  return items[0]?.metadata.name
}

/** The Deployment reports why its ReplicaSet cannot create pods. */
async function failureOf (client: KubeClient, object: KubeObject): Promise<string | undefined> {
  const found = conditionsOf(await client.get(refOf(object))).find(({ type }) => type === 'ReplicaFailure')
  return found?.message.replace(/^pods "[^"]*" is forbidden: /, '')
}

/** The first user on the list of admins. */
export function adminOf ({ metadata, spec }: KubeObject): string {
  const admins = isRecord(spec) && Array.isArray(spec.admins) ? spec.admins.filter(isRecord) : []
  const found = admins.find(({ kind }) => kind === 'User')
  if (found === undefined) throw new Error(`Tenant ${metadata.name} has no User as admin`)
  return String(found.name)
}
