import { conditionOf } from '../../kubernetes/conditions.ts'
import { fieldsAt, listAt, numberAt, textAt, type Fields } from '../../kubernetes/json.ts'
import { isTerminating, type ObservedObject } from '../../kubernetes/object.ts'

/** Why a pod does not run: by its condition PodScheduled, or by a container. */
export interface StartProblem {
  /** `Unschedulable`, `CrashLoopBackOff`. */
  reason: string
  message: string
  /** Absent where the pod has no node. */
  container?: string
  /** How the container ended last. */
  lastEnd?: { reason: string, exitCode: number, restarts: number }
}

/** Longer than mounts and attachments of volumes take. */
const expectedMilliseconds = 2 * 60_000

/** The reasons of a container that waits as expected, unless it waits long. */
const expectedReasons = ['', 'ContainerCreating', 'PodInitializing']

/** Finds the first problem; undefined for a pod that runs, has ended, or is being started. */
export function startProblem (pod: ObservedObject, now: Date): StartProblem | undefined {
  const status = fieldsAt({ ...pod }, 'status')
  if (isTerminating(pod) || ['Succeeded', 'Failed'].includes(textAt(status, 'phase'))) return undefined
  const scheduled = conditionOf(pod, 'PodScheduled')
  if (scheduled?.status === 'False') return { reason: scheduled.reason || 'Unschedulable', message: scheduled.message }
  const containers = [...listAt(status, 'initContainerStatuses'), ...listAt(status, 'containerStatuses')]
  const found = containers.map(container => containerProblem(container)).find(problem => problem !== undefined)
  return found ?? (isLate(pod, now) ? lateProblem(containers) : undefined)
}

function containerProblem (container: Fields): StartProblem | undefined {
  const waiting = fieldsAt(fieldsAt(container, 'state'), 'waiting')
  const reason = textAt(waiting, 'reason')
  if (expectedReasons.includes(reason)) return undefined
  const ended = fieldsAt(fieldsAt(container, 'lastState'), 'terminated')
  return {
    reason,
    message: withoutPod(textAt(waiting, 'message')),
    container: textAt(container, 'name'),
    ...('exitCode' in ended && {
      lastEnd: {
        reason: textAt(ended, 'reason'), exitCode: numberAt(ended, 'exitCode', 0), restarts: numberAt(container, 'restartCount', 0)
      }
    })
  }
}

/** The kubelet reports volumes that it cannot mount by events only. */
function lateProblem (containers: readonly Fields[]): StartProblem | undefined {
  const late = containers.find(container => textAt(fieldsAt(fieldsAt(container, 'state'), 'waiting'), 'reason') === 'ContainerCreating')
  return late && { reason: 'ContainerCreating', message: '', container: textAt(late, 'name') }
}

function isLate ({ metadata }: ObservedObject, now: Date): boolean {
  return now.getTime() - Date.parse(textAt({ ...metadata }, 'creationTimestamp')) > expectedMilliseconds
}

/** Without the name of the pod: what remains is the same for all pods of a workload. */
function withoutPod (message: string): string {
  return message.replace(/ \(pod: "[^"]*", container: [^)]*\)/, '').replace(/ (pod|container)=\S+/g, '').trim()
}
