import { describe, expect, it } from 'vitest'
import { resourceUse, usesOf } from '../../src/view/quota-use.ts'
import { usageReport } from '../../src/view/usage-report.ts'

const quota = (namespace: string, name: string, used: Record<string, string>, hard: Record<string, string>) =>
  ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace }, status: { used, hard } })

describe('the use of a resource', () => {
  it.each([
    ['0', '20', 0, 'ok'],
    ['16', '20', 80, 'ok'],
    ['17', '20', 85, 'high'],
    ['801m', '1', 80, 'high'],
    ['999m', '1', 99, 'high'],
    ['20', '20', 100, 'full'],
    ['1Gi', '1024Mi', 100, 'full'],
    ['31', '20', 155, 'exceeded'],
    ['0', '0', undefined, 'ok'],
    ['1', '0', undefined, 'exceeded']
  ])('%s of %s is %s %% and %s', (used, hard, percent, level) => {
    expect(resourceUse('pods', used, hard)).toEqual({ resource: 'pods', used, hard, ...(percent !== undefined && { percent }), level })
  })

  it('is unknown where an amount is no quantity', () => {
    expect(resourceUse('pods', 'many', '20')).toBeUndefined()
  })

  it('is sorted, what is not allowed and in use first', () => {
    const uses = usesOf(quota('a', 'q', { pods: '1', cpu: '900m', gpu: '1' }, { pods: '20', cpu: '1', gpu: '0', secrets: '5' }))
    expect(uses.map(({ resource }) => resource)).toEqual(['gpu', 'cpu', 'pods', 'secrets'])
    expect(uses.at(-1)).toEqual({ resource: 'secrets', used: '0', hard: '5', percent: 0, level: 'ok' })
  })
})

describe('the report', () => {
  const tenants: Record<string, string> = { 'acme-dev': 'acme', 'acme-shop': 'acme', web: 'globex' }
  const report = usageReport([
    quota('acme-shop', 'tenant-quota', { cpu: '100m', memory: '1Gi', pods: '1' }, { cpu: '1', memory: '2Gi', pods: '10' }),
    quota('acme-shop', 'other', { 'requests.cpu': '100m' }, { 'requests.cpu': '500m' }),
    quota('acme-dev', 'tenant-quota', { cpu: '1', memory: '512Mi', pods: '2' }, { cpu: '2', memory: '2G', pods: '10' }),
    quota('web', 'tenant-quota', { pods: '9' }, { pods: '10' }),
    quota('default', 'theirs', { pods: '9' }, { pods: '9' })
  ], namespace => tenants[namespace])

  it('has Tenants, quotas and resources with the highest use first, and no other namespaces', () => {
    expect(report.tenants.map(({ tenant }) => tenant)).toEqual(['globex', 'acme'])
    expect(report.tenants[1]?.quotas.map(({ namespace, quota }) => `${namespace}/${quota}`)).toEqual(['acme-dev/tenant-quota', 'acme-shop/tenant-quota', 'acme-shop/other'])
  })

  it('sums up the namespaces of a Tenant by the lowest quota on each resource, and only where it has several', () => {
    expect(report.tenants.map(({ totals }) => totals)).toEqual([[], [
      { resource: 'requests.cpu', used: '1100m', hard: '2500m', percent: 44, level: 'ok' },
      { resource: 'requests.memory', used: '1536Mi', hard: expect.any(String) as string, percent: 38, level: 'ok' },
      { resource: 'pods', used: '3', hard: '20', percent: 15, level: 'ok' }
    ]])
  })
})
