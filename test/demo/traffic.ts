import { setTimeout as sleep } from 'node:timers/promises'
import type { Pod } from 'kubernetes-types/core/v1.js'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import type { ClusterNode } from '../cluster/node/node.ts'
import { agentImage } from '../cluster/node/platform.ts'
import { isOpen, probe } from '../node/probe.ts'
import { restricted } from './workloads.ts'

/** One attempt to reach the workload, with what came of it, and whether the Tenant allows it. */
export interface Attempt { from: string, to: string, isOpen: boolean, isAllowed: boolean, answer: string }

const TIMEOUT = 60_000

/** Reaches a workload by its Service from a pod beside it, and from a pod in the namespace of another Tenant, by TCP packets. */
export async function tryTraffic (
  client: KubeClient, node: ClusterNode, { name, namespace, pod }: { name: string, namespace: string, pod: string }, other: string
): Promise<Attempt[]> {
  const service = await client.create({
    apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: { app: name }, ports: [{ port: 8080 }] }
  }) as KubeObject & { spec: { clusterIP: string } }
  await running(client, namespace, pod)
  return await Promise.all([namespace, other].map(async from => {
    await client.create(clientPod(from))
    await running(client, from, 'client')
    // A pod is filtered a moment after it runs.
    await sleep(2_000)
    const [answer = ''] = await probe({ pid: await node.pidOf(from, 'client') }, [{ protocol: 'tcp', host: service.spec.clusterIP, port: 8080 }])
    return { from, to: `${name}.${namespace}.svc:8080`, isOpen: isOpen(answer), isAllowed: from === namespace, answer }
  }))
}

function clientPod (namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'client', namespace },
    spec: { containers: [{ name: 'client', image: agentImage, imagePullPolicy: 'Never', ...restricted }] }
  }
}

async function running (client: KubeClient, namespace: string, name: string): Promise<void> {
  const deadline = Date.now() + TIMEOUT
  for (;;) {
    const { status } = await client.get({ apiVersion: 'v1', kind: 'Pod', namespace, name }) as Pod
    if (status?.phase === 'Running') return
    if (Date.now() > deadline) throw new Error(`pod ${namespace}/${name} does not run within ${TIMEOUT / 1000} s: ${JSON.stringify(status?.containerStatuses)}`)
    await sleep(100)
  }
}
