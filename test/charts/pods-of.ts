import { isRecord } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { conditionsOf } from '../cluster/install.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { pollFor } from '../support/poll-for.ts'

/** Messages of requests that the controller repeats with success. */
const transient = /operation cannot be fulfilled|status unknown for quota|serviceaccount "[^"]*" not found|no params found/i

const counted = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job']

/** Milliseconds: controllers report a refusal within a second, and repeat a request after some. */
const TIMEOUT = 30_000

/** Waits until the controller of a workload made its pods. Returns why it cannot; undefined if it did, or has none to make. */
export async function podRefusal (client: KubeClient, workload: KubeObject): Promise<string | undefined> {
  if (!counted.includes(workload.kind)) return undefined
  const read = async (): Promise<{ message?: string } | undefined> => {
    const current = await client.get(refOf(workload))
    const message = (await failuresOf(client, current)).find(message => !transient.test(message))
    return message !== undefined ? { message } : hasItsPods(current) ? {} : undefined
  }
  const late = `the controller of ${workload.kind} ${workload.metadata.name} made no pod`
  const { message } = await pollFor(late, read, TIMEOUT).catch((error: unknown) => ({ message: String(error) }))
  return message
}

/** True if the controller made all pods, or the first of a StatefulSet, which waits until it runs. */
export function hasItsPods ({ kind, spec, status }: KubeObject): boolean {
  const [wanted, made] = [isRecord(spec) ? spec : {}, isRecord(status) ? status : {}]
  const count = (value: unknown, otherwise: number): number => typeof value === 'number' ? value : otherwise
  switch (kind) {
    case 'Deployment':
    case 'ReplicaSet': return count(made.replicas, 0) >= count(wanted.replicas, 1)
    case 'StatefulSet': return count(made.replicas, 0) >= Math.min(count(wanted.replicas, 1), 1)
    case 'DaemonSet': return made.observedGeneration !== undefined &&
      count(made.currentNumberScheduled, 0) >= Math.max(count(made.desiredNumberScheduled, 0), choosesNodes(wanted) ? 0 : 1)
    case 'Job': return wanted.suspend === true || count(wanted.parallelism, 1) === 0 || count(made.active, 0) > 0
    default: return true
  }
}

/** The virtual node may not be one of those. */
function choosesNodes ({ template }: Record<string, unknown>): boolean {
  const spec = isRecord(template) && isRecord(template.spec) ? template.spec : {}
  return spec.nodeSelector !== undefined || spec.affinity !== undefined
}

/** A Deployment reports the failures of its ReplicaSet; other controllers write events. */
async function failuresOf (client: KubeClient, workload: KubeObject): Promise<string[]> {
  const { metadata: { namespace = '', uid } } = workload
  const conditions = conditionsOf(workload).filter(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Event' }, { namespace, fieldSelector: `involvedObject.uid=${uid}` })
  const events = items.filter(({ reason }) => reason === 'FailedCreate')
  return [...conditions, ...events].map(({ message }) => String(message))
}

/** The Job that a CronJob would create at its time. */
export function jobOf ({ metadata, spec }: KubeObject): KubeObject {
  const template = isRecord(spec) && isRecord(spec.jobTemplate) ? spec.jobTemplate : {}
  const { namespace, name } = metadata
  const own = isRecord(template.metadata) ? template.metadata : {}
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...own, name: `${name.slice(0, 50)}-try`, ...(namespace !== undefined && { namespace }) },
    spec: { ...isRecord(template.spec) ? template.spec : {}, suspend: false }
  }
}
