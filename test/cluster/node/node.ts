import { setTimeout as sleep } from 'node:timers/promises'
import type { Pod } from 'kubernetes-types/core/v1.js'
import { isRecord } from '../api-error.ts'
import type { KubeObject } from '../kube-object.ts'
import type { Address } from './launch.ts'
import { runPod, type PodRunner } from './pod-runner.ts'
import type { World } from './world.ts'

export interface TestNode {
  /** The pods on it, the ones that have ended included. */
  readonly runners: PodRunner[]
  /** Where the ready pods that a port of a Service means take connections. */
  endpoints (namespace: string, selector: Record<string, string>, targetPort: string | number): Address[]
  /** Kills what runs. */
  stop (): Promise<void>
}

const podKind = { apiVersion: 'v1', kind: 'Pod' }
const nodeName = 'test-node'

/**
 * A node for tests, without a container engine: it runs the pods of our own image as processes of this machine, with the command, arguments, variables,
 * Secrets, ConfigMaps and ServiceAccount token that the pod says, so that what a chart installs really runs.
 *
 * What it does as a cluster would: binds every pod to itself, mounts volumes, asks the readiness probe, restarts what has ended, reports the status,
 * ends pods with preStop sleep, SIGTERM and SIGKILL. The controllers that make pods and look at their status are the real ones.
 *
 * What it is not: there are no containers. Nothing of the security context, of resources, network policies, startup and liveness probes is enforced here, and no
 * scheduling constraint heeded. There is no image: those of k8s-mtp are folders on this machine, and others wait with ErrImagePull. Port
 * 8080 of a container is a free port of 127.0.0.1; paths of volumes are rewritten in arguments and variables; a kubeconfig with
 * the pod's token stands for in-cluster configuration, whose path is fixed. There are no logs over the API: they are files.
 */
export async function startNode (world: World): Promise<TestNode> {
  const runners = new Map<string, Promise<PodRunner>>()
  const started = new Map<string, PodRunner>()
  const ending = new AbortController()

  function seen (pod: Pod): void {
    const { uid = '', deletionTimestamp, deletionGracePeriodSeconds = 30 } = pod.metadata ?? {}
    // A pod that another client bound or deleted meanwhile comes with another event.
    if (pod.spec?.nodeName === undefined && deletionTimestamp === undefined) bind(pod).catch(() => {})
    if (pod.spec?.nodeName !== nodeName || isOver(pod)) return
    const runner = runners.get(uid) ?? runPod(pod, world).then(runner => { started.set(uid, runner); return runner })
    runners.set(uid, runner)
    // A rejection means that the API server has gone: the run is ending.
    if (deletionTimestamp !== undefined) runner.then(async running => await running.terminate(deletionGracePeriodSeconds)).catch(() => {})
  }

  async function bind ({ metadata }: Pod): Promise<void> {
    const path = `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}/binding`
    await world.client.request('POST', path, { apiVersion: 'v1', kind: 'Binding', metadata: { name: metadata?.name }, target: { apiVersion: 'v1', kind: 'Node', name: nodeName } })
  }

  async function follow (): Promise<void> {
    const { items, resourceVersion } = await world.client.list(podKind)
    for (const item of items) seen(podOf(item))
    for await (const { type, object } of world.client.watch(podKind, { resourceVersion, signal: ending.signal })) {
      if (type === 'DELETED') await started.get(object.metadata.uid ?? '')?.kill()
      else if (type !== 'BOOKMARK') seen(podOf(object))
    }
  }

  async function followAlways (): Promise<void> {
    while (!ending.signal.aborted) {
      // A watch that has ended or broken is begun anew.
      await follow().catch(async () => await sleep(200))
    }
  }

  await world.client.create({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nodeName },
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'TestNode' }], capacity: { pods: '110' }, allocatable: { pods: '110' } }
  })
  const following = followAlways()
  return {
    get runners () { return [...started.values()] },
    endpoints: (namespace, selector, targetPort) => [...started.values()].flatMap(({ pod, endpoint }) =>
      endpoint !== undefined && pod.metadata?.namespace === namespace && hasLabels(pod, selector) && listens(pod, targetPort) ? [endpoint] : []),
    async stop () {
      ending.abort()
      await following
      for (const runner of runners.values()) await runner.then(async running => await running.kill(), () => {})
    }
  }
}

function hasLabels ({ metadata }: Pod, selector: Record<string, string>): boolean {
  return Object.entries(selector).every(([key, value]) => metadata?.labels?.[key] === value)
}

/** A port by its name is of those pods alone that call one so. */
function listens ({ spec }: Pod, port: string | number): boolean {
  return typeof port === 'number' || spec?.containers.some(({ ports = [] }) => ports.some(({ name }) => name === port)) === true
}

function isOver ({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

/** The API server was asked for pods. */
function podOf (object: KubeObject): Pod {
  if (!isRecord(object.spec)) throw new Error('a pod without a spec')
  return object as Pod
}
