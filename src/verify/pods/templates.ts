import type { Resource } from '../../kubernetes/api-request.ts'
import { fieldsAt, type Fields } from '../../kubernetes/json.ts'
import { sortOf } from '../answer.ts'
import { failed, passed, undecided, type Result } from '../check.ts'
import type { BasePod, Context, PodManifest } from '../context.ts'
import { creation, verifyName } from '../creation.ts'
import { whyUnknown } from '../escalation/attempts.ts'
import { subjectName } from '../../kubernetes/binding-subjects.ts'
import type { Member } from '../members.ts'
import { resources } from '../../kubernetes/resources.ts'
import { judgeBasePods } from './base-pod.ts'
import { createPod, withContext } from './pod-trial.ts'

/** Kinds whose controllers create pods from a template. */
const controllers: ReadonlyArray<readonly [resource: Resource, spec: (template: Fields) => Fields]> = [
  [resources.deployments, template => ({ replicas: 1, selector: { matchLabels: { app: verifyName } }, template })],
  [resources.jobs, template => ({ template: { ...template, spec: { ...fieldsAt(template, 'spec'), restartPolicy: 'Never' } } })]
]

/**
 * Pod Security judges pods and not templates, so the pod that a controller would create is judged: of the template as admission returns
 * it, created by the same member.
 */
export async function judgeTemplates (context: Context): Promise<Result> {
  return await judgeBasePods(context, async base => await judgeTemplatesOf(context, base))
}

async function judgeTemplatesOf (context: Context, base: BasePod): Promise<Result> {
  const privileged = withContext(base.pod, { privileged: true, allowPrivilegeEscalation: true })
  const template: Fields = { metadata: { labels: { app: verifyName } }, spec: privileged.spec }
  for (const [resource, specOf] of controllers) {
    const result = await judgeTemplate(context, base.member, resource, specOf(template))
    if (result !== undefined) return result
  }
  return passed('pods of a Deployment or Job with privileged: true are refused to its controller')
}

async function judgeTemplate (
  context: Context, member: Member, resource: Resource, spec: Fields
): Promise<Result | undefined> {
  const { name: namespace } = context.target
  const { kind } = resource
  const answer = await context.api.dryRun(member.identity, creation(resource, namespace, { spec }))
  const sort = sortOf(answer)
  if (['rbac', 'policy', 'pod-security'].includes(sort)) return undefined
  if (sort !== 'admitted') return undecided(`a ${kind}: ${whyUnknown(answer)}`)
  const template = fieldsAt(fieldsAt(answer.object ?? {}, 'spec'), 'template')
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: verifyName, namespace }, spec: fieldsAt(template, 'spec') } as PodManifest
  const ofPod = await createPod(context, member, pod)
  if (sortOf(ofPod) === 'admitted') return failed(`${subjectName(member.subject)} may create a ${kind} whose pods are privileged`)
  return ['pod-security', 'policy'].includes(sortOf(ofPod)) ? undefined : undecided(`the pod of a ${kind}: ${whyUnknown(ofPod)}`)
}
