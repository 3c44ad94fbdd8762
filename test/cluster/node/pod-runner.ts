import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Container, ContainerState, Pod } from 'kubernetes-types/core/v1.js'
import { isNotFound } from '../api-error.ts'
import type { ObjectRef } from '../kube-object.ts'
import { freePorts } from '../ports.ts'
import { launchOf, type Address, type Launch } from './launch.ts'
import { startPodProcess, type PodProcess } from './pod-process.ts'
import { now, podStatus, type Situation } from './pod-status.ts'
import { readinessProbe } from './readiness.ts'
import { NotReadyError, type World } from './world.ts'

/** One pod on this node, from its start until it is gone. */
export interface PodRunner {
  readonly pod: Pod
  readonly logFile: string
  /** Where it takes connections; undefined while it is not ready, or is going. */
  readonly endpoint: Address | undefined
  /** SIGTERM after its preStop sleep, SIGKILL after the grace period; then the pod is deleted. Resolves when it is. */
  terminate (graceSeconds: number): Promise<void>
  /** SIGKILL at once, and no word to the API server. */
  kill (): Promise<void>
}

/** Milliseconds between two probes, whatever the pod says: tests have no time. */
const probing = { starting: 100, ready: 500 }

export async function runPod (pod: Pod, world: World): Promise<PodRunner> {
  const { namespace = '', name = '', uid = '' } = pod.metadata ?? {}
  const ref: ObjectRef = { apiVersion: 'v1', kind: 'Pod', namespace, name }
  const folder = join(world.guard.folder, 'pods', uid)
  mkdirSync(folder, { recursive: true })
  const logFile = join(folder, `${name}.log`)
  const [port = 0] = await freePorts(1)
  const address: Address = { host: '127.0.0.1', port }
  const { containers = [], initContainers = [], restartPolicy = 'Always' } = pod.spec ?? {}
  const container: Container = containers[0] ?? { name: '' }

  let situation: Situation = { state: { waiting: { reason: 'ContainerCreating' } }, ready: false, restarts: 0 }
  let running: PodProcess | undefined
  const going = new AbortController()

  async function report (change: Partial<Situation>): Promise<void> {
    situation = { ...situation, ...change }
    await world.client.patch(ref, { metadata: { uid }, status: podStatus(container, situation) }, { type: 'strategic', subresource: 'status' }).catch((error: unknown) => {
      // The pod was deleted by force, and perhaps recreated under its name.
      if (!isNotFound(error) && !String(error).includes('uid')) throw error
    })
  }

  /** Tries again until what the container needs is there. */
  async function prepared (): Promise<Launch | undefined> {
    for (let attempt = 0; !going.signal.aborted; attempt++) {
      try {
        if (containers.length !== 1 || initContainers.length > 0) throw new NotReadyError('RunContainerError', 'the test node runs pods of one container alone')
        readinessProbe(container, address)
        return await launchOf(pod, container, { folder: join(folder, String(attempt)), address, world })
      } catch (error) {
        if (!(error instanceof NotReadyError)) throw error
        if (situation.state.waiting?.message !== error.message) await report({ state: { waiting: { reason: error.reason, message: error.message } } })
        await sleep(250)
      }
    }
    return undefined
  }

  async function watchReadiness (process: PodProcess): Promise<void> {
    const probe = readinessProbe(container, address)
    const threshold = container.readinessProbe?.failureThreshold ?? 3
    let failures = 0
    while (!process.isOver) {
      failures = await probe() ? 0 : failures + 1
      const ready = failures === 0 || (situation.ready && failures < threshold)
      if (ready !== situation.ready && !process.isOver) await report({ ready })
      await sleep(situation.ready ? probing.ready : probing.starting)
    }
  }

  /** Runs the process once, and resolves with how it ended. */
  async function runOnce (launch: Launch, restarts: number): Promise<ContainerState> {
    const startedAt = now()
    const process = startPodProcess(launch, logFile, world.guard)
    running = process
    await report({ state: { running: { startedAt } }, restarts })
    const probes = watchReadiness(process)
    const exitCode = await process.ended
    running = undefined
    await probes
    return { terminated: { exitCode, startedAt, finishedAt: now(), reason: exitCode === 0 ? 'Completed' : 'Error' } }
  }

  async function run (): Promise<void> {
    await report({})
    const launch = await prepared()
    if (launch === undefined) return
    for (let restarts = 0; ; restarts++) {
      const state = await runOnce(launch, restarts)
      const isOver = going.signal.aborted || restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && state.terminated?.exitCode === 0)
      await report({ state: isOver ? state : { waiting: { reason: 'CrashLoopBackOff' } }, ready: false })
      if (isOver) return
      await sleep(1000)
    }
  }

  const over = run()
  // The caller that waits for the end reports a failure; until then it is not unhandled.
  over.catch(() => {})
  return {
    pod,
    logFile,
    get endpoint () { return situation.ready && !going.signal.aborted ? address : undefined },
    async terminate (graceSeconds) {
      if (going.signal.aborted) return
      going.abort()
      const kill = setTimeout(() => running?.signal('SIGKILL'), graceSeconds * 1000)
      await sleep((running === undefined ? 0 : container.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000)
      running?.signal('SIGTERM')
      await over
      clearTimeout(kill)
      await world.client.delete(ref, { gracePeriodSeconds: 0, preconditions: { uid } }).catch((error: unknown) => { if (!isNotFound(error)) throw error })
    },
    async kill () {
      going.abort()
      running?.signal('SIGKILL')
      await over.catch(() => {})
    }
  }
}
