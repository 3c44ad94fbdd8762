import type { DryRunAnswer } from '../../kubernetes/api-request.ts'
import type { Fields } from '../../kubernetes/json.ts'
import { reasonOf, sortOf, type Sort } from '../answer.ts'
import { failed, passed, undecided, type Result } from '../check.ts'
import type { BasePod, Context, PodManifest } from '../context.ts'
import { subjectName } from '../../kubernetes/binding-subjects.ts'
import type { Member } from '../members.ts'
import { resources } from '../../kubernetes/resources.ts'
import { whyUnknown } from '../escalation/attempts.ts'

/** A pod that differs from an admitted one in what it should not have. */
export interface PodTrial {
  change: (pod: PodManifest) => PodManifest
  /** What the change is: `hostNetwork: true`. */
  what: string
  /** In the message of Pod Security, the control that refuses it. */
  control?: RegExp
  /** True where an admission policy has made the admitted pod harmless. */
  isHarmless?: (pod: Fields) => boolean
  expected?: readonly Sort[]
}

export const policies: readonly Sort[] = ['pod-security', 'policy']

/** A copy of a pod with other fields in its spec. */
export function withSpec (pod: PodManifest, spec: Fields): PodManifest {
  return { ...pod, spec: { ...pod.spec, ...spec } }
}

/** A copy of a pod with other fields in its container. */
export function withContainer (pod: PodManifest, fields: Fields): PodManifest {
  const [container = {}] = pod.spec.containers
  return { ...pod, spec: { ...pod.spec, containers: [{ ...container, ...fields }] } }
}

/** A copy of a pod with other fields in the securityContext of its container. */
export function withContext (pod: PodManifest, fields: Fields): PodManifest {
  const [container = {}] = pod.spec.containers
  return withContainer(pod, { securityContext: { ...container['securityContext'] as Fields, ...fields } })
}

/** A copy of a pod with other fields in its securityContext. */
export function withPodContext (pod: PodManifest, fields: Fields): PodManifest {
  return withSpec(pod, { securityContext: { ...pod.spec['securityContext'] as Fields, ...fields } })
}

export async function createPod ({ api, target }: Context, member: Member, pod: PodManifest): Promise<DryRunAnswer> {
  const place = { namespace: target.name }
  return await api.dryRun(member.identity, { verb: 'create', resource: resources.pods, place, content: { ...pod } })
}

/** Passes where the pod of one member is refused for the change. */
export async function judgePodOf (context: Context, { member, pod }: BasePod, trial: PodTrial): Promise<Result> {
  const { what, change, control, isHarmless, expected = policies } = trial
  const answer = await createPod(context, member, change(pod))
  const sort = sortOf(answer)
  if (sort === 'admitted') {
    return isHarmless?.(answer.object ?? {}) === true
      ? passed(`a pod with ${what} is admitted, and an admission policy fills in what it lacks`)
      : failed(`${subjectName(member.subject)} may create a pod with ${what}`)
  }
  const isOther = sort === 'pod-security' && control !== undefined && !control.test(answer.message)
  if (!expected.includes(sort) || isOther) return undecided(`a pod with ${what}: ${whyUnknown(answer)}`)
  return passed(`${what} is refused: ${reasonOf(answer)}`)
}
