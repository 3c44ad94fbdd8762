import { expect, it } from 'vitest'
import type { ObservedObject } from '../../src/kubernetes/object.ts'
import { conditionOf } from '../../src/kubernetes/conditions.ts'
import { tenantState } from '../../src/view/tenant-state.ts'
import { summaryOf, summaryOfNamespace } from '../../src/view/tenant-summary.ts'
import { notReconciled, observed, situations, type TenantObject } from '../gitops/situations.ts'

const asObserved = (object: TenantObject) => object as unknown as ObservedObject
const states: Record<string, string> = { current: 'Ready', 'in progress': 'Provisioning', paused: 'Paused', terminating: 'Terminating' }

it.each(situations)('$name: one word for the state', situation => {
  const object = asObserved(observed(situation))
  const state = tenantState(object)
  if (situation.reading === 'failed') expect(['Blocked', 'Stalled']).toContain(state)
  // While a namespace is deleted, the Tenant is on hold.
  else expect(['Provisioning', 'Blocked'].includes(state) && situation.reading === 'in progress' ? 'Provisioning' : state).toBe(states[situation.reading])
  const { message, reason } = summaryOf(object, new Map())
  if (situation.reading !== 'current') expect({ message, reason }).toMatchObject({ message: conditionOf(object, 'Ready')?.message, reason: situation.reason })
})

it.each(notReconciled)('$name: NotReconciled', ({ object }) => {
  expect(tenantState(asObserved(object))).toBe('NotReconciled')
})

const quota = (name: string, used: object, hard: object): ObservedObject =>
  ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace: 'tenant-acme-shop' }, status: { used, hard } })

it('has the highest use of all quotas, without the own objects of k8s-mtp', () => {
  const quotas = new Map([['tenant-acme-shop', [quota('a', { resourcequotas: '3', configmaps: '1' }, { resourcequotas: '6', configmaps: '50' }), quota('b', { pods: '9' }, { pods: '20' })]]])
  const tenant = asObserved(observed(situations[0] ?? expect.unreachable()))
  expect(summaryOf(tenant, quotas).highestUse).toEqual({ namespace: 'tenant-acme-shop', quota: 'b', resource: 'pods', used: '9', hard: '20', percent: 45, level: 'ok' })
})

it('shows a member the namespace without the Tenant', () => {
  const labels = { 'k8s-mtp.dev/tenant': 'acme', 'k8s-mtp.dev/class': 'default' }
  const policy = { apiVersion: 'k8s-mtp.dev/v1', kind: 'WorkloadPolicy', metadata: { name: 'tenant-workloads' }, spec: { cordoned: true } }
  expect(summaryOfNamespace({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant-acme-shop', labels } }, policy, new Map())).toEqual({
    name: 'acme', state: 'Unknown', cordoned: true, className: 'default', subjects: [], namespaces: [{ name: 'tenant-acme-shop', state: 'Unknown', className: 'default' }]
  })
})
