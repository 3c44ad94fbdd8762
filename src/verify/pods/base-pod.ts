import { any, type WorkloadPolicySpec } from '../../api/workload-policy.ts'
import { sortOf } from '../answer.ts'
import { few } from '../../check/finding.ts'
import { grantedOf } from '../access/denied.ts'
import { skipped, undecided, type Result } from '../check.ts'
import type { BasePod, BasePods, Context, PodManifest } from '../context.ts'
import { byDistinction, withUntried, worstOf } from '../representatives.ts'
import { verifyName } from '../creation.ts'
import { subjectName } from '../../kubernetes/binding-subjects.ts'
import type { Member } from '../members.ts'
import { maxTried, whyUnknown } from '../escalation/attempts.ts'
import { createPod, judgePodOf, type PodTrial } from './pod-trial.ts'

const anyImage = 'registry.k8s.io/pause:3.10'

/** Small requests, for a namespace whose quota counts them and whose LimitRange has no defaults. */
const smallResources = { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '10m', memory: '16Mi' } }

/** A pod that meets the Pod Security Standard restricted, and the rules for workloads. */
export function compliantPod (namespace: string, workloads: WorkloadPolicySpec | undefined, amounts: object = {}): PodManifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: verifyName, namespace },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      ...(workloads !== undefined && nodesOf(workloads)),
      containers: [{
        name: 'app',
        ...(workloads === undefined ? { image: anyImage } : imageOf(workloads)),
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        ...amounts
      }]
    }
  }
}

const nodesOf = ({ pods: { nodeSelector } }: WorkloadPolicySpec) => Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}

/** Of a registry that the class lists, with a pull policy that it lists. */
function imageOf ({ imageRegistries, pods: { imagePullPolicies } }: WorkloadPolicySpec) {
  const [[registry = any], [policy = any]] = [imageRegistries, imagePullPolicies]
  return {
    image: registry === any ? anyImage : `${registry}${registry.includes('/') ? '' : '/app'}:1`,
    ...(policy !== any && { imagePullPolicy: policy })
  }
}

/** Kinds whose controllers create pods. */
const templates: ReadonlyArray<readonly [group: string, resource: string]> = [
  ['apps', 'deployments'], ['apps', 'statefulsets'], ['apps', 'daemonsets'], ['apps', 'replicasets'], ['batch', 'jobs'],
  ['batch', 'cronjobs'], ['', 'replicationcontrollers']
]

/**
 * Finds the members that may create a compliant pod, one for each distinct set of kind, roles and groups: the control of all checks of
 * pods. Returns why there is none.
 */
export async function findBasePods (context: Context): Promise<BasePods | Result> {
  const { present } = await context.present()
  const { name } = context.target
  if (present.length === 0) return undecided(`no subject has access to ${name}, so none can create a pod`)
  const workloads = await context.workloads()
  const pods = [compliantPod(name, workloads), compliantPod(name, workloads, { resources: smallResources })]
  const { distinct } = byDistinction(present)
  const found: BasePod[] = []
  const reasons = new Map<string, string[]>()
  let isRbacAlone = true
  for (const member of distinct.slice(0, maxTried)) {
    const { pod, reason, isRbac } = await firstAdmitted(context, member, pods)
    if (pod !== undefined) found.push({ member, pod })
    else reasons.set(reason, [...reasons.get(reason) ?? [], subjectName(member.subject)])
    isRbacAlone &&= isRbac
  }
  if (found.length > 0) return { pods: found, untried: distinct.slice(maxTried) }
  if (isRbacAlone && !await mayCreateTemplates(context, present)) return skipped('no subject may create pods, or kinds with a pod template')
  const [[reason, subjects] = ['', []]] = [...reasons].sort(([a], [b]) => Number(a.startsWith('User ')) - Number(b.startsWith('User ')))
  return undecided(`a compliant pod of ${few(subjects)} is refused too: ${reason}`)
}

async function mayCreateTemplates (context: Context, members: readonly Member[]): Promise<boolean> {
  const { name: namespace } = context.target
  const questions = members.flatMap(member => templates.map(([group, resource]) =>
    ({ member, permission: { group, resource, verb: 'create', namespace } })))
  return (await grantedOf(context, questions)).length > 0
}

/** Judges the pod of each member that may create one. */
export async function judgeBasePods (context: Context, judge: (base: BasePod) => Promise<Result>): Promise<Result> {
  const base = await context.basePods()
  if ('state' in base) return base
  const results = []
  for (const each of base.pods) results.push(await judge(each))
  return withUntried(worstOf(results), base.untried)
}

/** Passes where the pod is refused for the change: the same pod without it is admitted. */
export async function judgePod (context: Context, trial: PodTrial): Promise<Result> {
  return await judgeBasePods(context, async base => await judgePodOf(context, base, trial))
}

interface Found { pod?: PodManifest, reason: string, isRbac: boolean }

async function firstAdmitted (context: Context, member: Member, pods: readonly PodManifest[]): Promise<Found> {
  let [reason, isRbac] = ['', true]
  for (const pod of pods) {
    const answer = await createPod(context, member, pod)
    if (sortOf(answer) === 'admitted') return { pod, reason: '', isRbac: false }
    reason ||= whyUnknown(answer)
    isRbac &&= sortOf(answer) === 'rbac'
  }
  return { reason, isRbac }
}
