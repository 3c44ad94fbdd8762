import { readFileSync } from 'node:fs'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { eventually } from './context.ts'

export interface Permission { group: string, resource: string, verb: string }

/** A request of the engine, from the audit log. */
export type EngineRequest = Permission & { code: number }

interface Rule { apiGroups: string[], resources: string[], verbs: string[] }
type Role = KubeObject & { rules: Rule[] }

const kind = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' }
const ownRole = { ...kind, name: 'k8s-mtp-engine' }
const aggregatedRole = { ...kind, name: 'metacontroller' }

export const nameOf = ({ group, resource, verb }: Permission) => `${verb} ${resource}${group === '' ? '' : `.${group}`}`

export function permissionsIn (rules: Rule[]): Permission[] {
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap(group => resources.flatMap(resource => verbs.map(verb => ({ group, resource, verb })))))
}

/** Removes permissions of the engine during a task. Waits until the API server applies each change. */
export async function without<T> (admin: KubeClient, permissions: Permission[], task: () => Promise<T>): Promise<T> {
  const { rules } = await admin.get(ownRole) as Role
  try {
    await setRules(admin, rules.flatMap(rule => reduced(rule, permissions)))
    await eventually(async () => { for (const permission of permissions) await expectAllowed(admin, permission, false) })
    return await task()
  } finally {
    await setRules(admin, rules)
    await eventually(async () => { for (const permission of permissions) await expectAllowed(admin, permission, true) })
  }
}

async function setRules (admin: KubeClient, rules: Rule[]): Promise<void> {
  const { rules: stored } = await admin.patch(ownRole, { rules }) as Role
  await eventually(async () => {
    if (JSON.stringify(
      ((await admin.get(aggregatedRole)) as Role).rules
    ) !== JSON.stringify(stored)) throw new Error('the ClusterRole of the engine is not aggregated yet')
  })
}

/** Removes permissions from a rule: returns one rule per resource, since each may lose other verbs. */
function reduced (rule: Rule, permissions: Permission[]): Rule[] {
  return rule.apiGroups.flatMap(group => rule.resources.flatMap(resource => {
    const verbs = rule.verbs.filter(
      verb => !permissions.some(permission => permission.group === group && permission.resource === resource && permission.verb === verb)
    )
    return verbs.length === 0 ? [] : [{ apiGroups: [group], resources: [resource], verbs }]
  }))
}

async function expectAllowed (admin: KubeClient, { group, resource, verb }: Permission, expected: boolean): Promise<void> {
  const [plural, subresource] = resource.split('/', 2)
  const review = await admin.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: ENGINE_USER, resourceAttributes: { group, resource: plural, subresource, verb }
    }
  })
  const allowed = isRecord(review) && isRecord(review.status) && review.status.allowed === true
  if (allowed !== expected) throw new Error(`${nameOf({ group, resource, verb })} is ${allowed ? 'still' : 'not yet'} allowed`)
}

/** The requests of the engine since a time, reads included. */
export function engineRequests (auditLog: string, since = 0): EngineRequest[] {
  return readFileSync(auditLog, 'utf8').split('\n').slice(0, -1).map(line => JSON.parse(line) as AuditEvent)
    .filter(({ user, objectRef, requestReceivedTimestamp }) =>
      user.username === ENGINE_USER && objectRef !== undefined && Date.parse(requestReceivedTimestamp) >= since)
    .map(({ verb, objectRef: { apiGroup: group = '', resource = '', subresource } = {}, responseStatus }) =>
      ({ group, resource: subresource === undefined ? resource : `${resource}/${subresource}`, verb, code: responseStatus?.code ?? 0 }))
}

/** The fields of audit.k8s.io/v1 Event that are used here. */
interface AuditEvent {
  user: { username: string }
  verb: string
  requestReceivedTimestamp: string
  objectRef?: { apiGroup?: string, resource?: string, subresource?: string }
  responseStatus?: { code?: number }
}
