import type { DryRun, Identity } from '../../src/kubernetes/api-request.ts'
import { describe, expect, test } from 'vitest'
import { allChecks } from '../../src/verify/families.ts'
import { membersOf } from '../../src/verify/members.ts'
import type { Target } from '../../src/verify/context.ts'
import { admitted, fakeApi, forbidden, judgeOne, now, target } from './fake-api.ts'

const check = (id: string) => allChecks.find(each => each.id === id) ?? expect.unreachable()
const users = (count: number) => Array.from({ length: count }, (_, index) => ({ kind: 'User', name: `user-${index}` }))
const withMembers = (...lists: Parameters<typeof membersOf>[0] extends Iterable<infer List> ? List[] : never): Target => ({ ...target, members: membersOf(lists, now) })
const denied = forbidden('x is forbidden: User "u" cannot patch resource "resourcequotas" in API group ""')
const policy = forbidden("x is forbidden: ValidatingAdmissionPolicy 'x' with binding 'x' denied request: no")
const isHarmless = ({ resource }: DryRun) => resource.kind === 'ConfigMap'
const mayAll = async () => true

describe('own objects', () => {
  test.each([8, 40])('a later member that RBAC allows to change a quota is found: user-%i', async index => {
    const weak = `user-${index}`
    const api = fakeApi({
      dryRun: (request, { user }) => user === weak ? admitted(request) : denied,
      isAllowed: async ({ user }, { resource }) => resource === 'namespaces' || user === weak
    })
    expect(await judgeOne(check('own-quotas'), api, withMembers(['admin', users(50)])))
      .toMatchObject({ state: 'failed', message: expect.stringContaining(weak) as string })
  })

  test('a member with another role is tried first', async () => {
    const asked: string[] = []
    const api = fakeApi({ dryRun: (request, { user }) => { asked.push(user); return isHarmless(request) ? admitted(request) : policy }, isAllowed: mayAll })
    await judgeOne(check('own-quotas'), api, withMembers(['viewer', users(20)], ['admin', [{ kind: 'User', name: 'last' }]]))
    expect([...new Set(asked)].slice(0, 2)).toEqual(['user-0', 'last'])
  })

  test('members that were not tried are a warning', async () => {
    const api = fakeApi({ dryRun: request => isHarmless(request) ? admitted(request) : policy, isAllowed: mayAll })
    expect(await judgeOne(check('own-quotas'), api, withMembers(['admin', users(100)])))
      .toMatchObject({ state: 'warning', message: expect.stringContaining('Not tried as 36 further subjects: User user-') as string })
    expect(await judgeOne(check('own-quotas'), api, withMembers(['admin', users(64)]))).toMatchObject({ state: 'passed' })
  })
})

describe('a second member that guardrails exempt', () => {
  const breakGlass = { kind: 'Group', name: 'break-glass' }
  const isExempt = ({ groups }: Identity) => groups.includes(breakGlass.name)
  const of = withMembers(['admin', [...users(3), breakGlass]])

  test.each([['pod-privileged', /privileged":true/], ['service-node-port', /NodePort/], ['limit-range-enforced', /8Gi/]])('fails %s', async (id, harm) => {
    const refusal = id === 'limit-range-enforced' ? forbidden('pods "a" is forbidden: maximum memory usage per Container is 4Gi, but limit is 8Gi') : policy
    const dryRun = (request: DryRun, identity: Identity) => harm.test(JSON.stringify(request.content)) && !isExempt(identity) ? refusal : admitted(request)
    expect(await judgeOne(check(id), fakeApi({ dryRun }), of)).toMatchObject({ state: 'failed', message: expect.stringContaining('Group break-glass') as string })
    expect(await judgeOne(check(id), fakeApi({ dryRun }), withMembers(['admin', users(3)]))).toMatchObject({ state: 'passed' })
  })
})
