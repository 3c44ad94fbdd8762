import { expect, test } from 'vitest'
import type { AuditWrite } from '../cluster/audit.ts'
import { callsOf, totalWrites, writesOf } from './usage.ts'

test('calls are summed by path and kind of parent, with the size of the last', () => {
  const call = (kind: string, requestBytes: number, status = 200) => ({ path: '/sync', kind, name: 'acme', status, requestBytes, responseBytes: 512 })
  expect(callsOf([call('Tenant', 1024), call('TenantNamespace', 100), call('Tenant', 2048, 500)])).toEqual({
    '/sync Tenant': { count: 2, failed: 1, requests: 3, responses: 1, lastRequest: 2, lastResponse: 0.5 },
    '/sync TenantNamespace': { count: 1, failed: 0, requests: 0.1, responses: 0.5, lastRequest: 0.1, lastResponse: 0.5 }
  })
})

test('writes are counted by verb and resource, and the total is without events', () => {
  const write = (verb: string, resource: string, code: number) =>
    ({ verb, resource, code, time: 0, user: '', userAgent: '', group: '', annotations: {} }) satisfies AuditWrite
  const counted = writesOf([write('patch', 'roles', 200), write('create', 'events', 201), write('patch', 'roles', 403)])
  expect(counted).toEqual({ writes: { 'create events': 1, 'patch roles': 2 }, refused: 1 })
  expect(totalWrites({ ...counted, seconds: 1, calls: {}, quotaEvents: 0, cpuSeconds: { hook: 0, engine: 0, apiserver: 0, proxy: 0 } })).toBe(2)
})
