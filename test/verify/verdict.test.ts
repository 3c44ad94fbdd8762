import { describe, expect, test } from 'vitest'
import { verifyPage } from '../../src/cli/verify/html/page.ts'
import { verifyLines } from '../../src/cli/verify/verify-text.ts'
import { ClusterError } from '../../src/cli/cluster/cluster-error.ts'
import { allChecks } from '../../src/verify/families.ts'
import { resultOf, verdictOf, type NamespaceReport, type VerifyReport } from '../../src/verify/report.ts'
import { fakeApi, forbidden, judge, target } from './fake-api.ts'

const ofFamilies = (...names: string[]) => allChecks.filter(({ family }) => names.includes(family))
const reportOf = (...namespaces: NamespaceReport[]): VerifyReport =>
  ({ version: '0', kubernetes: 'v1.35.0', time: '2026-11-27T20:00:00Z', summary: namespaces[0]?.summary ?? expect.unreachable(), namespaces })
const textOf = (report: VerifyReport) => verifyLines(report, []).map(line => line.map(part => typeof part === 'string' ? part : part.text).join('')).join('\n')

describe('a run without an answer is not decided', () => {
  const impersonation = forbidden('users "ada" is forbidden: User "ops" cannot impersonate resource "users" in API group "" at the cluster scope')
  const blind = async () => { throw new ClusterError(403, 'no', 'User "ops" cannot create resource "subjectaccessreviews"') }

  test.each([
    ['without the permission to impersonate', fakeApi({ dryRun: () => impersonation }), target, 'impersonate on users'],
    ['without the permission to ask about access', fakeApi({ isAllowed: blind }), target, 'subjectaccessreviews'],
    ['where a control fails', fakeApi({ dryRun: () => forbidden('admission webhook "x" denied the request: no') }), target, 'is refused too'],
    ['without subjects', fakeApi(), { ...target, members: [] }, 'no subject has access']
  ])('%s', async (_, api, of, reason) => {
    const report = await judge(ofFamilies('pod-security', 'escalation'), api, of)
    expect(verdictOf(report.summary)).toBe('undecided')
    for (const [name, text] of [['text', textOf(reportOf(report))], ['html', verifyPage(reportOf(report), [])]]) {
      expect(text, name).toMatch(/Not decided: \d+ essential checks/)
      expect(text, name).toContain(reason)
      expect(text, name).not.toContain('No check failed')
    }
  })

  test('nor without any check', () => {
    expect(verdictOf({ passed: 0, failed: 0, warning: 0, skipped: 3, undecided: 0 })).toBe('undecided')
    expect(verdictOf({ passed: 1, failed: 0, warning: 0, skipped: 3, undecided: 0 })).toBe('passed')
  })
})

test('a check that does not apply leaves the verdict as it is', async () => {
  const { tenant: _, ...plain } = target
  const { checks, summary } = await judge(ofFamilies('state', 'self-service').filter(({ id }) => ['drift', 'admitted-earlier'].includes(id)), fakeApi(), plain)
  expect(checks.map(({ state, undecided }) => [state, undecided])).toEqual([['skipped', undefined], ['skipped', undefined]])
  expect(summary.undecided).toBe(0)
})

test('subjects without a permission on pods need no control', async () => {
  const denied = forbidden('pods is forbidden: User "ada" cannot create resource "pods" in API group "" in the namespace "a"')
  const { summary } = await judge(ofFamilies('pod-security'), fakeApi({ dryRun: () => denied }))
  expect(summary).toMatchObject({ passed: 0, undecided: 0 })
  const withTemplates = fakeApi({ dryRun: () => denied, isAllowed: async (_, { resource }) => ['namespaces', 'cronjobs'].includes(resource) })
  expect((await judge(ofFamilies('pod-security'), withTemplates)).summary.undecided).toBeGreaterThan(5)
})

test('remedies have no placeholders, and addresses in place of paths', () => {
  const { tenant: _, ...plain } = target
  for (const of of [target, plain]) {
    const remedies = allChecks.map(each => resultOf('family', each, { state: 'failed', message: '' }, of).remedy)
    expect(remedies.filter(remedy => remedy === '' || /\b(NAMESPACE|TENANT|NAME)\b|(?<!main\/)docs\/|undefined/.test(remedy))).toEqual([])
  }
})
