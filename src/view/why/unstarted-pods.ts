import type { ObservedObject } from '../../kubernetes/object.ts'
import { compareText } from '../../kubernetes/compare-text.ts'
import type { Fields } from '../../kubernetes/json.ts'
import type { Cause } from './cause.ts'
import { startProblem, type StartProblem } from './observed-pod.ts'
import { startAdvice } from './start-advice.ts'
import { shownOwner } from './unable-workloads.ts'

/** Existing pods that do not start, with the reason. */
export interface UnstartedPod { pod: ObservedObject, problem: StartProblem }

/** Finds the pods that the scheduler or the kubelet cannot start, as far as their status says. */
export function unstartedPods (pods: readonly ObservedObject[], now: Date): UnstartedPod[] {
  return pods.flatMap(pod => {
    const problem = startProblem(pod, now)
    return problem === undefined ? [] : [{ pod, problem }]
  })
}

/** True where the bounds of the namespace are part of the advice. */
export function isUnschedulable ({ problem }: UnstartedPod): boolean {
  return problem.container === undefined
}

/**
 * A cause for each problem of a workload, however many of its pods have it.
 * @param replicaSets those of Deployments
 * @param policies the specs of WorkloadPolicies by namespace
 */
export function causesOfPods (
  found: readonly UnstartedPod[], replicaSets: readonly ObservedObject[], policies: ReadonlyMap<string, Fields>
): Cause[] {
  const groups = new Map<string, UnstartedPod[]>()
  for (const each of [...found].sort((a, b) => compareText(a.pod.metadata.name, b.pod.metadata.name))) {
    const { reason, container = '' } = each.problem
    const key = JSON.stringify([objectOf(each.pod, replicaSets), reason, container])
    groups.set(key, [...groups.get(key) ?? [], each])
  }
  return [...groups.values()].flatMap(group => {
    const [first] = group
    return first === undefined ? [] : [causeOf(first, group.length, objectOf(first.pod, replicaSets), policies)]
  })
}

function causeOf ({ pod, problem }: UnstartedPod, count: number, object: string, policies: ReadonlyMap<string, Fields>): Cause {
  const { namespace = '', name } = pod.metadata
  const advice = startAdvice(problem, { namespace, pod: name, policy: policies.get(namespace) ?? {} })
  const pods = count > 1 ? `${count} pods, such as ${name}: ` : object === `Pod ${namespace}/${name}` ? '' : `pod ${name}: `
  return { object, reason: problem.reason, ...advice, message: `${pods}${advice.message}` }
}

function objectOf ({ metadata }: ObservedObject, replicaSets: readonly ObservedObject[]): string {
  const { namespace = '', name, ownerReferences = [] } = metadata
  const owner = ownerReferences.find(({ controller }) => controller === true)
  if (owner === undefined) return `Pod ${namespace}/${name}`
  const replicaSet = owner.kind !== 'ReplicaSet'
    ? undefined
    : replicaSets.find(({ metadata }) => metadata.namespace === namespace && metadata.name === owner.name)
  const [kind, shown] = replicaSet === undefined ? [owner.kind ?? '', owner.name ?? ''] : shownOwner(replicaSet)
  return `${kind} ${namespace}/${shown}`
}
