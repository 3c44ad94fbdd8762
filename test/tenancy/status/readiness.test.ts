import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../../src/tenancy/drift/comparison.ts'
import { readinessOf, type Readiness } from '../../../src/tenancy/status/readiness.ts'
import { comparison } from '../../support/desired.ts'

describe('readiness', () => {
  it.each<[string, Comparison[], Readiness]>([
    ['counts nothing of nothing', [], { objects: 0, missing: [], drifted: [] }],
    ['counts what is up to date', [comparison('Role/tenant-admin', 'keep')], { objects: 1, missing: [], drifted: [] }],
    [
      'names what is missing, sorted',
      [comparison('Role/tenant-viewer', 'create'), comparison('Role/tenant-admin', 'create')],
      { objects: 2, missing: ['Role/tenant-admin', 'Role/tenant-viewer'], drifted: [] }
    ],
    [
      'names what is corrected and what is recreated as drifted',
      [
        comparison('RoleBinding/tenant-viewer', 'recreate'),
        comparison('Role/tenant-admin', 'correct'),
        comparison('Role/tenant-viewer', 'keep')
      ],
      { objects: 3, missing: [], drifted: ['Role/tenant-admin', 'RoleBinding/tenant-viewer'] }
    ]
  ])('%s', (_, comparisons, expected) => {
    expect(readinessOf(comparisons)).toEqual(expected)
  })
})
