import { readFileSync } from 'node:fs'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { eventually } from './context.ts'

export interface Right { group: string, resource: string, verb: string }

/** A request of the engine, from the audit log. */
export type Asked = Right & { code: number }

interface Rule { apiGroups: string[], resources: string[], verbs: string[] }
type Role = KubeObject & { rules: Rule[] }

const kind = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' }
const generated = { ...kind, name: 'k8s-mtp-engine' }
const aggregated = { ...kind, name: 'metacontroller' }

export const nameOf = ({ group, resource, verb }: Right) => `${verb} ${resource}${group === '' ? '' : `.${group}`}`

export function rightsIn (rules: Rule[]): Right[] {
  return rules.flatMap(({ apiGroups, resources, verbs }) => apiGroups.flatMap(group => resources.flatMap(resource => verbs.map(verb => ({ group, resource, verb })))))
}

/** Takes rights away from the engine while something is done, and waits each time until the API server goes by it. */
export async function without<T> (admin: KubeClient, rights: Right[], what: () => Promise<T>): Promise<T> {
  const { rules } = await admin.get(generated) as Role
  try {
    await setRules(admin, rules.flatMap(rule => lessened(rule, rights)))
    await eventually(async () => { for (const right of rights) await expectAllowed(admin, right, false) })
    return await what()
  } finally {
    await setRules(admin, rules)
    await eventually(async () => { for (const right of rights) await expectAllowed(admin, right, true) })
  }
}

async function setRules (admin: KubeClient, rules: Rule[]): Promise<void> {
  const { rules: stored } = await admin.patch(generated, { rules }) as Role
  await eventually(async () => {
    if (JSON.stringify(((await admin.get(aggregated)) as Role).rules) !== JSON.stringify(stored)) throw new Error('the ClusterRole of the engine has not been put together anew')
  })
}

/** One rule for each resource, as one of several may lose a verb. */
function lessened (rule: Rule, rights: Right[]): Rule[] {
  return rule.apiGroups.flatMap(group => rule.resources.flatMap(resource => {
    const verbs = rule.verbs.filter(verb => !rights.some(right => right.group === group && right.resource === resource && right.verb === verb))
    return verbs.length === 0 ? [] : [{ apiGroups: [group], resources: [resource], verbs }]
  }))
}

async function expectAllowed (admin: KubeClient, { group, resource, verb }: Right, expected: boolean): Promise<void> {
  const [plural, subresource] = resource.split('/', 2)
  const review = await admin.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user: ENGINE_USER, resourceAttributes: { group, resource: plural, subresource, verb } }
  })
  const allowed = isRecord(review) && isRecord(review.status) && review.status.allowed === true
  if (allowed !== expected) throw new Error(`${nameOf({ group, resource, verb })} is ${allowed ? 'still' : 'not yet'} allowed`)
}

/** What the engine has asked the API server for since a moment, reads included. */
export function askedByEngine (auditLog: string, since = 0): Asked[] {
  return readFileSync(auditLog, 'utf8').split('\n').slice(0, -1).map(line => JSON.parse(line) as AuditEvent)
    .filter(({ user, objectRef, requestReceivedTimestamp }) => user.username === ENGINE_USER && objectRef !== undefined && Date.parse(requestReceivedTimestamp) >= since)
    .map(({ verb, objectRef: { apiGroup: group = '', resource = '', subresource } = {}, responseStatus }) =>
      ({ group, resource: subresource === undefined ? resource : `${resource}/${subresource}`, verb, code: responseStatus?.code ?? 0 }))
}

/** The part of audit.k8s.io/v1 Event that is read here. */
interface AuditEvent {
  user: { username: string }
  verb: string
  requestReceivedTimestamp: string
  objectRef?: { apiGroup?: string, resource?: string, subresource?: string }
  responseStatus?: { code?: number }
}
