import { isRecord } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { accessTable, authenticatedAccess, neverAllowed, verbs, type Access } from './access-table.ts'

export interface Question {
  group: string
  /** With its subresource: `pods/log`. */
  resource: string
  verb: string
}

export interface Who {
  user: string
  groups: string[]
}

/** Allowed verbs by resource with its group. */
export type Allowed = Record<string, string[]>

const atOnce = 30

/** Lists all verbs of each resource and subresource that the API server serves or the tables name. */
export async function allQuestions (client: KubeClient): Promise<Question[]> {
  await client.discovery.refresh()
  const served = (await client.discovery.all()).flatMap(({ group, plural, subresources }) =>
    [plural, ...subresources.map(({ name }) => `${plural}/${name}`)].map(resource => ({ group, resource })))
  const named = [...authenticatedAccess, ...Object.values(accessTable).flat()].map(([group, resource]) => ({ group, resource }))
  const questions = [
    ...[...served, ...named].flatMap(resource => verbs.map(verb => ({ ...resource, verb }))),
    ...neverAllowed.map(([group, resource, verb]) => ({ group, resource, verb }))
  ]
  return [...new Map(questions.map(question => [Object.values(question).join(' '), question])).values()]
}

/** Reviews the access of a user in a namespace or, without one, in the cluster. */
export async function allowed (client: KubeClient, questions: Question[], who: Who, namespace?: string): Promise<Allowed> {
  const results: boolean[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < questions.length; index = next++) {
      const question = questions[index]
      if (question !== undefined) results[index] = await isAllowed(client, question, who, namespace)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return byResource(questions.filter((_, index) => results[index]))
}

async function isAllowed (
  client: KubeClient, { group, resource, verb }: Question, { user, groups }: Who, namespace?: string
): Promise<boolean> {
  const [plural, subresource] = resource.split('/', 2)
  const resourceAttributes = { group, resource: plural, subresource, verb, namespace }
  const answer = await client.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, groups, resourceAttributes }
  })
  if (!isRecord(answer) || !isRecord(answer.status) ||
    typeof answer.status.allowed !== 'boolean') throw new Error('the SubjectAccessReview has no status')
  return answer.status.allowed
}

export function tableOf (rows: readonly Access[]): Allowed {
  return byResource(rows.flatMap(([group, resource, verbs]) => verbs.map(verb => ({ group, resource, verb }))))
}

/** Sorts resources by name and verbs by question, so that differences are easy to read. */
function byResource (questions: Question[]): Allowed {
  const nameOf = ({ group, resource }: Question) => group === '' ? resource : `${resource}.${group}`
  const resources = [...new Set(questions.map(nameOf))].sort()
  return Object.fromEntries(resources.map(name => [name, questions.filter(question => nameOf(question) === name).map(({ verb }) => verb)]))
}

/** The permissions of a user for named objects in a namespace, and for non-resource paths such as /metrics. */
export async function rulesOf (client: KubeClient, namespace: string): Promise<{ named: string[], paths: string[] }> {
  const answer = await client.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace }
  }) as RulesReview // the documented response
  const { resourceRules, nonResourceRules } = answer.status
  return {
    named: resourceRules.flatMap(
      ({ resourceNames = [], resources, verbs }) => resourceNames.map(name => `${verbs} ${resources} ${name}`)
    ).sort(),
    paths: [...new Set(nonResourceRules.flatMap(({ nonResourceURLs, verbs }) => nonResourceURLs.map(path => `${verbs} ${path}`)))].sort()
  }
}

interface RulesReview {
  status: {
    resourceRules: { verbs: string[], apiGroups: string[], resources: string[], resourceNames?: string[] }[]
    nonResourceRules: { verbs: string[], nonResourceURLs: string[] }[]
  }
}
