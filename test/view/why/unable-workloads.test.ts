import { describe, expect, it } from 'vitest'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import { readEvent } from '../../../src/view/why/observed-event.ts'
import { quotaCauses } from '../../../src/view/why/quota-causes.ts'
import { refusalAdvice, syncErrorAdvice } from '../../../src/view/why/refusals.ts'
import { unableWorkloads } from '../../../src/view/why/unable-workloads.ts'

const now = new Date('2026-11-22T12:00:00Z')
const namespace = 'tenant-acme-shop'
const exceeded = 'exceeded quota: tenant-quota, requested: pods=1, used: pods=2, limited: pods=2'
const workload = (kind: string, name: string, spec: object, status: object, metadata: object = {}): ObservedObject =>
  ({ apiVersion: 'apps/v1', kind, metadata: { name, namespace, ...metadata }, spec, status })
const event = (kind: string, name: string, message: string, lastTimestamp = '2026-11-22T11:59:00Z', reason = 'FailedCreate') =>
  readEvent({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace }, involvedObject: { kind, name, namespace }, reason, message, lastTimestamp })
const failure = { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: `pods "web-5-abc" is forbidden: ${exceeded}` }] }
const ownerReferences = [{ uid: 'u', kind: 'Deployment', name: 'web', controller: true }]

describe('a workload without pods', () => {
  it('is the Deployment of a ReplicaSet, with the message of its condition', () => {
    expect(unableWorkloads([workload('ReplicaSet', 'web-5', { replicas: 3 }, { replicas: 2, ...failure }, { ownerReferences })], [], now)).toEqual([{
      object: `Deployment ${namespace}/web`,
      reason: 'FailedCreate',
      message: `2 of 3 pods: ${exceeded}. Lower the requests or replicas, delete unused objects, or ask for a higher quota`,
      commands: [`k8s-mtp usage --namespace ${namespace}`],
      page: 'https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/tenants.md#quotas'
    }])
  })

  it.each<[string, ObservedObject]>([
    ['StatefulSet', workload('StatefulSet', 'x', { replicas: 1 }, {})],
    ['DaemonSet', workload('DaemonSet', 'x', {}, { desiredNumberScheduled: 2, currentNumberScheduled: 1 })],
    ['Job', workload('Job', 'x', {}, {})]
  ])('is a %s, by its last event', (kind, owner) => {
    const events = [event(kind, 'x', 'pods "x-0" is forbidden: new'), event(kind, 'x', 'pods "x-0" is forbidden: old', '2026-11-22T11:00:00Z')]
    expect(unableWorkloads([owner], events, now).map(({ object, message }) => [object, message])).toEqual([[`${kind} ${namespace}/x`, expect.stringMatching(/^\d of \d pods: new\./)]])
  })

  it.each<[string, ObservedObject]>([
    ['has its pods by now', workload('StatefulSet', 'x', { replicas: 1 }, { replicas: 1 })],
    ['was scaled down', workload('StatefulSet', 'x', { replicas: 0 }, {})],
    ['is an earlier revision', workload('ReplicaSet', 'x', { replicas: 0 }, failure)],
    ['is complete', workload('Job', 'x', {}, { completionTime: '2026-11-22T11:00:00Z' })],
    ['is suspended', workload('Job', 'x', { suspend: true }, {})],
    ['is being deleted', workload('StatefulSet', 'x', { replicas: 1 }, {}, { deletionTimestamp: '2026-11-22T11:00:00Z' })]
  ])('is not one that %s', (_, owner) => {
    expect(unableWorkloads([owner], [event(owner.kind, 'x', 'refused')], now)).toEqual([])
  })

  it('is not one that was deleted', () => {
    expect(unableWorkloads([], [event('StatefulSet', 'gone', 'refused')], now)).toEqual([])
  })

  it('is an object of another kind while its event is new', () => {
    const objects = (time: string) => unableWorkloads([], [event('CronJob', 'nightly', `jobs.batch "n" is forbidden: ${exceeded}`, time)], now).map(({ object }) => object)
    expect([objects('2026-11-22T11:50:00Z'), objects('2026-11-22T11:00:00Z')]).toEqual([[`CronJob ${namespace}/nightly`], []])
  })
})

describe('advice', () => {
  it.each([
    ['violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false', /Set in the pod template/, 'my-pod-was-refused'],
    ['maximum cpu usage per Container is 500m, but limit is 3', /Change requests and limits/, 'my-pod-was-refused'],
    ['failed quota: tenant-quota: must specify limits.cpu for: web', /Set requests and limits/, 'quotas'],
    ['no params found for policy binding with `Deny` parameterNotFoundAction', /Wait until the Tenant is Ready/, 'my-pod-was-refused'],
    ['error looking up service account a/b: serviceaccount "b" not found', /Create the ServiceAccount/, 'my-pod-was-refused'],
    ['something else', /something else\. Change what it names$/, 'something-else-was-refused']
  ])('%s', (message, remedy, anchor) => {
    const advice = refusalAdvice(`pods "web-1" is forbidden: ${message}`)
    expect(advice.message).toMatch(remedy)
    expect(advice.page).toMatch(new RegExp(`tenants\\.md#${anchor}$`))
  })

  it('leaves the advice of guardrails as it is', () => {
    const message = 'TenantClass default does not allow the image x. Use one of y'
    expect(refusalAdvice(`pods "web-1" is forbidden: ValidatingAdmissionPolicy 'k8s-mtp-workloads-pods' with binding 'k8s-mtp-workloads-pods' denied request: ${message}`).message).toBe(message)
  })

  it.each([
    ['is attempting to grant RBAC permissions not currently held', 'rbac-refuses-a-role'],
    ["ValidatingAdmissionPolicy 'k8s-mtp-engine' with binding denied request: x", 'metacontroller-cannot-apply-an-object'],
    ['context deadline exceeded (Client.Timeout exceeded)', 'nothing-happens-at-all'],
    ['x509: certificate signed by unknown authority', 'tls-and-authentication'],
    ['whatever', 'metacontroller-cannot-apply-an-object']
  ])('for Metacontroller: %s', (message, anchor) => {
    expect(syncErrorAdvice(message)).toEqual({ message: expect.stringMatching(/^Metacontroller reports: .+\. [A-Z]/) as string, page: expect.stringMatching(`#${anchor}$`) as string })
  })
})

describe('a quota', () => {
  const quota = (used: object, hard: object) => quotaCauses([{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'tenant-quota', namespace }, status: { used, hard } }])
  it('is a cause once it is full, and not where it allows nothing', () => {
    expect(quota({ pods: '20', gpu: '0' }, { pods: '20', gpu: '0' })).toMatchObject([{ reason: 'QuotaFull', message: expect.stringContaining('it is full: pods 20 of 20.') as string }])
    expect(quota({ pods: '19' }, { pods: '20' })).toEqual([])
  })
})
