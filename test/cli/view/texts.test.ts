import { describe, expect, it } from 'vitest'
import { isUtf8 } from '../../../src/cli/output/locale.ts'
import type { Part } from '../../../src/cli/output/print.ts'
import { accessLines } from '../../../src/cli/view/access-text.ts'
import { bar } from '../../../src/cli/view/bar.ts'
import { tenantTable } from '../../../src/cli/view/get-text.ts'
import { usageBars, usageTable } from '../../../src/cli/view/usage-text.ts'
import { whyLines } from '../../../src/cli/view/why-text.ts'
import type { TenantSummary } from '../../../src/view/tenant-summary.ts'

const textOf = (lines: Part[][]) => lines.map(parts => parts.map(part => typeof part === 'string' ? part : part.text).join(''))

describe('a bar', () => {
  it.each([
    [0, '░░░░', '[....]'], [1, '▏░░░', '[....]'], [50, '██░░', '[##..]'], [55, '██▎░', '[##..]'], [100, '████', '[####]'], [250, '████', '[####]']
  ])('of %s %%', (percent, unicode, ascii) => {
    expect([bar(percent, 4, true), bar(percent, 4, false)]).toEqual([unicode, ascii])
  })

  it.each<[NodeJS.ProcessEnv, boolean]>([
    [{ LANG: 'C.UTF-8' }, true], [{ LANG: 'de_DE.utf8' }, true], [{ LC_ALL: 'C', LANG: 'C.UTF-8' }, false], [{ LC_ALL: '', LC_CTYPE: 'C.UTF-8', LANG: 'C' }, true], [{}, false]
  ])('by the locale %j', (env, expected) => {
    expect(isUtf8(env)).toBe(expected)
  })
})

const layout = { isUnicode: false, all: false }
const quota = { namespace: 'tenant-acme-shop', quota: 'tenant-quota' }
const pods = { resource: 'pods', used: '20', hard: '20', percent: 100, level: 'full' as const }
const unused = { resource: 'gpu', used: '0', hard: '0', level: 'ok' as const }
const own = { resource: 'resourcequotas', used: '3', hard: '6', percent: 50, level: 'ok' as const }
const report = { tenants: [{ tenant: 'acme', quotas: [{ ...quota, resources: [pods, own, unused] }], totals: [] }], notReadable: [] }

describe('usage', () => {
  it('has what members use, with its level', () => {
    expect(textOf(usageBars(report, layout))).toEqual([
      'Tenant acme',
      '  tenant-acme-shop  tenant-quota',
      '    pods  [####################]  100 %  20 of 20  full',
      '  2 resources not listed, hardly used or not at all (--all lists them)'
    ])
    expect(usageBars(report, layout)[2]).toEqual([{ style: 'red', text: expect.any(String) as string }])
  })

  it('has all with --all', () => {
    expect(textOf(usageBars(report, { ...layout, all: true })).filter(line => line.includes('gpu'))).toHaveLength(1)
  })

  it('has the highest use of each quota in a table', () => {
    expect(textOf(usageTable(report, layout)).slice(0, 2)).toEqual([
      'TENANT  NAMESPACE         QUOTA         HIGHEST USE                                 USED',
      'acme    tenant-acme-shop  tenant-quota  pods         [####################]  100 %  20 of 20  full'
    ])
  })
})

describe('get', () => {
  const tenant: TenantSummary = {
    name: 'acme',
    state: 'Blocked',
    cordoned: true,
    className: 'gold',
    reason: 'ClassNotFound',
    message: 'TenantClass gold does not exist. Create it',
    subjects: [{ role: 'admin', subject: 'User ada' }, { role: 'admin', subject: 'User b' }, { role: 'viewer', subject: 'User c' }],
    namespaces: [{ name: 'n1', state: 'Ready' }, { name: 'n2', state: 'Ready' }, { name: 'n3', state: 'Pending' }]
  }
  it('has a line for a Tenant, with what needs attention first', () => {
    expect(textOf(tenantTable({ tenants: [tenant], notReadable: [] }, { now: new Date(), isWide: false }))).toEqual([
      'NAME  STATE             CLASS  NAMESPACES           ADMINS  MESSAGE',
      'acme  Blocked,Cordoned  gold   n1, n3 (Pending) +1  ada +1  ClassNotFound: TenantClass gold does not exist'
    ])
  })
})

it('names with line breaks stay on their line', () => {
  const access = { tenant: 'acme', namespace: 'n', subject: 'User a\nadmin', role: 'Role/x', binding: 'RoleBinding/x', permits: 'everything', managed: false, clusterWide: false, ofKubernetes: false }
  const lines = textOf(accessLines({ access: [access], hidden: 0, notes: [], notReadable: [] }, new Date()))
  expect(lines).toHaveLength(2)
  expect(lines[1]).toContain('User a\\nadmin')
  const cause = { object: 'Tenant a\nb', reason: 'x', message: 'one\ntwo', commands: ['a\nb'], page: 'p' }
  expect(textOf(whyLines({ about: 'Tenant a', ready: 'False', causes: [cause], notReadable: [] }))).toEqual(['Tenant a is not Ready', '', 'Tenant a\\nb: x', '  one\\ntwo', '  $ a\\nb', '  See p'])
})
