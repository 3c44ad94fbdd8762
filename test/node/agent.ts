import type { KubeObject } from '../cluster/kube-object.ts'
import { agentImage } from '../cluster/node/platform.ts'
import { client, eventually } from '../e2e/context.ts'
import { valueAt } from '../support/value-at.ts'

export interface AgentOptions {
  labels?: Record<string, string>
  /** Of the pod, besides its container. */
  spec?: object
  /** Of the container. */
  container?: object
}

/** A pod that answers on port 8080 by TCP and UDP, with what the pod security standard `restricted` asks for. */
export function agentPod (namespace: string, name: string, { labels = {}, spec = {}, container = {} }: AgentOptions = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name, ...labels } },
    spec: {
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      containers: [{
        name: 'agent',
        image: agentImage,
        imagePullPolicy: 'Never',
        resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
        securityContext: {
          runAsNonRoot: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' }
        },
        ...container
      }],
      ...spec
    }
  }
}

/** A Service for an agent. */
export function agentService (namespace: string, name: string): KubeObject {
  const ports = ['TCP', 'UDP'].map(protocol => ({ name: protocol.toLowerCase(), port: 8080, protocol }))
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: { app: name }, ports } }
}

/** Creates a pod, and waits until it runs. Returns its address. */
export async function runPod (pod: KubeObject, who = client()): Promise<string> {
  // The account of a new namespace comes a moment after it.
  await eventually(async () => await who.create(pod))
  return await addressOf(pod)
}

export async function addressOf ({ metadata: { name, namespace = '' } }: KubeObject): Promise<string> {
  return await eventually(async () => {
    const pod = await client().get({ apiVersion: 'v1', kind: 'Pod', namespace, name })
    const status = valueAt(pod, 'status') as { phase?: string, podIP?: string, containerStatuses?: unknown }
    if (status.phase !== 'Running') throw new Error(`${namespace}/${name} is not running: ${JSON.stringify(status.containerStatuses)}`)
    return status.podIP ?? ''
  }, { timeout: 60_000, interval: 200 })
}
