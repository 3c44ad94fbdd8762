import { expect, test } from 'vitest'
import type { AuditWrite } from '../../cluster/audit.ts'
import { ENGINE_USER } from '../../cluster/credentials.ts'
import { sumOf, writesOf } from './usage.ts'

test('writes are counted by party and resource, without events and leases', () => {
  const write = (user: string, verb: string, resource: string, code = 200) =>
    ({ verb, resource, code, time: 0, user, userAgent: '', group: '', annotations: {} }) satisfies AuditWrite
  expect(writesOf([
    write('admin', 'create', 'tenants'),
    write(ENGINE_USER, 'create', 'roles'),
    write(ENGINE_USER, 'create', 'roles', 403),
    write(ENGINE_USER, 'update', 'tenants/status'),
    write(ENGINE_USER, 'create', 'events'),
    write(ENGINE_USER, 'update', 'leases'),
    write('system:serviceaccount:kube-system:resourcequota-controller', 'update', 'resourcequotas/status')
  ])).toEqual({
    writes: { all: 5, status: 1, children: 2, controllers: 1 },
    writesBy: {
      'client create tenants': 1,
      'engine create roles': 2,
      'engine update tenants/status': 1,
      'Kubernetes update resourcequotas/status': 1
    },
    refused: 1
  })
})

test('series of a metric are summed by their labels', () => {
  const metrics = 'calls_total{hook="sync",result="declared"} 3\ncalls_total{hook="sync",result="failed"} 1e2\ncalls_total{hook="x"} 7\n'
  expect(sumOf(metrics, 'calls_total', { hook: 'sync' })).toBe(103)
  expect(sumOf(metrics, 'calls', { hook: 'sync' })).toBe(0)
})
