import type { Container, ContainerState, PodStatus } from 'kubernetes-types/core/v1.js'

export interface Situation {
  state: ContainerState
  ready: boolean
  restarts: number
}

/** The status of a pod with one container, as kubelets report it. */
export function podStatus (container: Container, { state, ready, restarts }: Situation): PodStatus {
  const status = (yes: boolean): 'True' | 'False' => yes ? 'True' : 'False'
  const condition = (type: string, yes: boolean) => ({ type, status: status(yes), lastTransitionTime: now() })
  return {
    phase: phaseOf(state),
    hostIP: '127.0.0.1',
    podIP: '127.0.0.1',
    podIPs: [{ ip: '127.0.0.1' }],
    startTime: now(),
    conditions: [condition('Initialized', true), condition('ContainersReady', ready), condition('Ready', ready)],
    containerStatuses: [{ name: container.name, image: container.image ?? '', imageID: '', ready, started: state.running !== undefined, restartCount: restarts, state }]
  }
}

function phaseOf ({ running, terminated }: ContainerState): string {
  if (running !== undefined) return 'Running'
  if (terminated === undefined) return 'Pending'
  return terminated.exitCode === 0 ? 'Succeeded' : 'Failed'
}

/** Kubernetes keeps whole seconds. */
export function now (): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}
