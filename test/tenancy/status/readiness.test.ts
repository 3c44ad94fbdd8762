import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../../src/tenancy/drift/comparison.ts'
import { readinessOf, type Readiness } from '../../../src/tenancy/status/readiness.ts'
import { comparison } from '../../support/desired.ts'

const names = { missing: [], drifted: [], outdated: [] }

describe('readiness', () => {
  it.each<[string, Comparison[], string[], string[], Readiness]>([
    ['counts nothing of nothing', [], [], [], { objects: 0, upToDate: 0, ...names }],
    ['counts what is up to date', [comparison('Role/tenant-admin', 'keep')], [], [], { objects: 1, upToDate: 1, ...names }],
    [
      'names what is missing, sorted',
      [comparison('Role/tenant-viewer', 'create'), comparison('Role/tenant-admin', 'create')],
      ['Role/tenant-viewer'],
      ['Role/tenant-admin'],
      { objects: 2, upToDate: 0, ...names, missing: ['Role/tenant-admin', 'Role/tenant-viewer'] }
    ],
    [
      'names what others changed as drifted, and what is rolling out as outdated, sorted',
      [
        comparison('RoleBinding/tenant-viewer', 'recreate'),
        comparison('Role/tenant-admin', 'correct'),
        comparison('LimitRange/tenant-limits', 'correct'),
        comparison('Role/tenant-viewer', 'keep')
      ],
      ['Role/tenant-admin', 'LimitRange/tenant-limits'],
      ['RoleBinding/tenant-viewer', 'Role/tenant-admin'],
      {
        objects: 4,
        upToDate: 1,
        missing: [],
        drifted: ['Role/tenant-admin', 'RoleBinding/tenant-viewer'],
        outdated: ['LimitRange/tenant-limits', 'Role/tenant-admin']
      }
    ]
  ])('%s', (_, comparisons, rollingOut, drifted, expected) => {
    expect(readinessOf(comparisons, new Set(rollingOut), new Map(drifted.map(name => [name, []])))).toEqual(expected)
  })
})
