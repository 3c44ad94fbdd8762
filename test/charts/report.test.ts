import { expect, test } from 'vitest'
import { reportOf, table } from './report.ts'
import type { Tried } from './try-item.ts'

const tried = (name: string, column: Tried['column'], details: string[] = []): Tried =>
  ({ name, kind: 'chart', column, details, changes: [], refusals: [], milliseconds: 1 })
const silent = { what: 'Role a', message: 'no', namesCause: true, namesRemedy: false }

test('the table has a line for each item, and the count of each column', () => {
  const items = [
    tried('web', 'a'),
    tried('proxy', 'c', ['spec.type: ClusterIP', 'no spec.loadBalancerIP']),
    { ...tried('own-rbac', 'e', [`Role a: ${'long '.repeat(40)}`]), refusals: [silent] }
  ]
  const report = reportOf('standard', { kubernetes: 'v1.37.2' }, items)
  expect(report.counts).toEqual({ a: 1, b: 0, c: 1, d: 0, e: 1, '-': 0 })
  expect(table(report, 40)).toEqual([
    'a  web',
    'c  proxy     spec.type: ClusterIP (and 1 more)',
    'e  own-rbac  Role a: long long long long long lon ...',
    '',
    '3 items in Tenants of class standard',
    'a  1  admitted unchanged',
    'b  0  admitted, with fields that policies filled in or narrowed',
    'c  1  admitted after at most three values that messages named',
    'd  0  cannot be of a tenant',
    'e  1  refused',
    '-  0  not tried: it does not render with default values, or is invalid in any namespace',
    '1 refusal names no remedy'
  ])
})
