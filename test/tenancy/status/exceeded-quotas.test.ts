import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import { quotaExceededCondition } from '../../../src/tenancy/status/exceeded-quotas.ts'
import { syncContext } from '../../support/contexts.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { settled } from '../../support/requests.ts'

const { world } = settled({ tenant: tenant(), classes: [defaultClass()] })

/** The Tenant with its quotas in this state. */
function conditions (statuses: Record<string, unknown>, change: (child: ObservedObject) => ObservedObject = child => child) {
  const children = (world.children ?? []).map(child =>
    child.kind === 'ResourceQuota' && child.metadata.name in statuses ? change({ ...child, status: statuses[child.metadata.name] }) : child)
  return quotaExceededCondition(syncContext({ ...world, children }))
}

describe('the condition QuotaExceeded', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['one resource', { 'tenant-quota': { hard: { pods: '5' }, used: { pods: '20' } } }, 'pods of tenant-quota (used 20, hard 5)'],
    ['one of several', { 'tenant-quota': { hard: { cpu: '500m', pods: '5' }, used: { cpu: '0.5', pods: '6' } } }, 'pods of tenant-quota (used 6, hard 5)'],
    ['amounts with units', { 'tenant-quota': { hard: { memory: '1Gi' }, used: { memory: '1025Mi' } } }, 'memory of tenant-quota (used 1025Mi, hard 1Gi)'],
    ['a hard limit of 0', { 'tenant-objects': { hard: { 'services.nodeports': '0' }, used: { 'services.nodeports': '1' } } }, 'services.nodeports of tenant-objects (used 1, hard 0)'],
    [
      'several quotas, in order of the resources',
      { 'tenant-quota': { hard: { pods: '5' }, used: { pods: '20' } }, 'tenant-objects': { hard: { secrets: 1, configmaps: '9' }, used: { secrets: 2, configmaps: '10' } } },
      'configmaps of tenant-objects (used 10, hard 9), pods of tenant-quota (used 20, hard 5), secrets of tenant-objects (used 2, hard 1)'
    ]
  ])('names %s', (_, statuses, exceeded) => {
    expect(conditions(statuses)).toEqual([{
      type: 'QuotaExceeded',
      status: 'True',
      reason: 'QuotaExceeded',
      message: `more is used in tenant-acme-shop than its quotas allow: ${exceeded}. Existing objects stay, and new ones are refused. ` +
        'Delete some of them, or raise the quota in the Tenant or its class'
    }])
  })

  it.each<[string, unknown]>([
    ['at the limit', { hard: { pods: '5', memory: '1Gi' }, used: { pods: '5', memory: '1024Mi' } }],
    ['below it', { hard: { pods: '5' }, used: { pods: '4' } }],
    ['without a status', undefined],
    ['with an empty status', {}],
    ['whose use is not counted yet', { hard: { pods: '5' } }],
    ['whose limit is not stored yet', { used: { pods: '20' } }],
    ['whose use is of another resource', { hard: { pods: '5' }, used: { secrets: '20' } }],
    ['with unreadable amounts', { hard: { pods: 'few', secrets: '1', configmaps: '1' }, used: { pods: '9', secrets: null, configmaps: 'many' } }],
    ['with another shape', { hard: 'x', used: ['y'] }],
    ['with names of properties that every object has', { hard: { constructor: '1', toString: '1' }, used: {} }]
  ])('is absent for a quota %s', (_, status) => {
    expect(conditions({ 'tenant-quota': status })).toEqual([])
  })

  it('is not about quotas that the Tenant did not produce', () => {
    const unlabelled = (child: ObservedObject): ObservedObject => ({ ...child, metadata: { ...child.metadata, labels: {} } })
    expect(conditions({ 'tenant-quota': { hard: { pods: '5' }, used: { pods: '20' } } }, unlabelled)).toEqual([])
  })

  it('does not change with the use while that is within the limit', () => {
    fc.assert(fc.property(fc.nat(100), fc.nat(100), (hard, used) => {
      const found = conditions({ 'tenant-quota': { hard: { pods: String(hard) }, used: { pods: String(used) } } })
      expect(found).toHaveLength(used > hard ? 1 : 0)
    }))
  })
})
