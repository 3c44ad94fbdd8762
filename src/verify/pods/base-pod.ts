import { any, type WorkloadPolicySpec } from '../../api/workload-policy.ts'
import { sortOf } from '../answer.ts'
import { few } from '../../check/finding.ts'
import type { BasePod, Context, PodManifest } from '../context.ts'
import { verifyName } from '../creation.ts'
import { describeSubject, type Member } from '../members.ts'
import { whyUnknown } from '../escalation/attempts.ts'
import { createPod } from './pod-trial.ts'

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

/** Finds the first member that may create a compliant pod: the control of all checks of pods. Returns why there is none. */
export async function findBasePod (context: Context): Promise<BasePod | string> {
  const { present } = await context.present()
  const { name } = context.target
  if (present.length === 0) return `no subject has access to ${name}, so none can create a pod`
  const workloads = await context.workloads()
  const pods = [compliantPod(name, workloads), compliantPod(name, workloads, { resources: smallResources })]
  const reasons = new Map<string, string[]>()
  for (const member of present) {
    const found = await firstAdmitted(context, member, pods)
    if (typeof found !== 'string') return { member, pod: found }
    reasons.set(found, [...reasons.get(found) ?? [], describeSubject(member.subject)])
  }
  const [[reason, subjects] = ['', []]] = [...reasons].sort(([a], [b]) => Number(a.startsWith('User ')) - Number(b.startsWith('User ')))
  return `a compliant pod of ${few(subjects)} is refused too: ${reason}`
}

async function firstAdmitted (context: Context, member: Member, pods: readonly PodManifest[]): Promise<PodManifest | string> {
  let reason = ''
  for (const pod of pods) {
    const answer = await createPod(context, member, pod)
    if (sortOf(answer) === 'admitted') return pod
    reason ||= whyUnknown(answer)
  }
  return reason
}
