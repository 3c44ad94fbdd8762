import type { DryRun } from '../../src/kubernetes/api-request.ts'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sortOf } from '../../src/verify/answer.ts'
import { allChecks } from '../../src/verify/families.ts'
import { baseline } from '../../src/verify/pods/baseline.ts'
import { compliantPod } from '../../src/verify/pods/base-pod.ts'
import { podSecurity } from '../../src/verify/pods/pod-security.ts'
import { restricted } from '../../src/verify/pods/restricted.ts'
import { exceeding } from '../../src/verify/quotas/quota-checks.ts'
import { identityOf } from '../../src/verify/members.ts'
import { resultOf } from '../../src/verify/report.ts'
import { ClusterError } from '../../src/cli/cluster/cluster-error.ts'
import { admitted, fakeApi, forbidden, judge, judgeOne, target } from './fake-api.ts'

const check = (id: string) => allChecks.find(each => each.id === id) ?? expect.unreachable()
const podSecurityRefusal = forbidden('pods "k8s-mtp-verify" is forbidden: violates PodSecurity "restricted:latest": privileged hostNetwork hostPID hostIPC ' +
  'hostPath hostPort probe capabilities AppArmor seLinuxOptions procMount seccompProfile sysctls hostProcess volume types allowPrivilegeEscalation runAsNonRoot runAsUser')
const quotaRefusal = 'pods "k8s-mtp-verify" is forbidden: exceeded quota: tenant-quota, requested: pods=1, used: pods=20, limited: pods=20'

test.each<[string, number, string]>([
  ['admitted', 201, ''],
  ['rbac', 403, 'pods is forbidden: User "ada" cannot create resource "pods" in API group "" in the namespace "a"'],
  ['rbac', 403, 'roles.rbac.authorization.k8s.io "a" is forbidden: user "ada" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{...}'],
  ['impersonation', 403, 'users "ada" is forbidden: User "ops" cannot impersonate resource "users" in API group "" at the cluster scope'],
  ['pod-security', 403, 'pods "a" is forbidden: violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true)'],
  ['policy', 403, "services \"a\" is forbidden: ValidatingAdmissionPolicy 'k8s-mtp-workloads-services' with binding 'k8s-mtp-workloads-services' denied request: no"],
  ['policy', 422, "The pods \"a\" is invalid: : ValidatingAdmissionPolicy 'other' with binding 'other' denied request: no"],
  ['policy', 400, 'admission webhook "validate.kyverno.svc-fail" denied the request: no'],
  ['quota', 403, quotaRefusal],
  ['quota', 403, 'pods "a" is forbidden: failed quota: q: must specify limits.cpu for: app'],
  ['limits', 403, 'pods "a" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi'],
  ['not-found', 404, 'the server could not find the requested resource'],
  ['invalid', 422, 'Pod "a" is invalid: spec.containers: Required value'],
  ['unavailable', 500, 'Internal error occurred: failed calling webhook "x": connection refused'],
  ['unavailable', 429, 'too many requests'],
  ['other', 403, 'pods "a" is forbidden: error looking up service account a/default: serviceaccount "default" not found'],
  ['other', 403, 'pods "a" is forbidden: unable to create new content in namespace a because it is being terminated']
])('an answer is of the sort %s', (sort, code, message) => {
  expect(sortOf({ code, message })).toBe(sort)
})

describe('Pod Security, control by control', () => {
  const controls = [...baseline, ...restricted]
  const base = compliantPod(target.name, undefined)
  const specOf = ({ content = {} }: DryRun) => JSON.stringify(content['spec'])
  const isPod = ({ resource }: DryRun) => resource.kind === 'Pod'

  test.each(controls.map(control => [control.id, control] as const))('%s fails alone where only it is admitted', async (id, control) => {
    const api = fakeApi({
      objects: { WorkloadPolicy: [] },
      dryRun: request => !isPod(request) || [base, control.change(base)].some(({ spec }) => JSON.stringify(spec) === specOf(request)) ? admitted(request) : podSecurityRefusal
    })
    const { checks } = await judge(podSecurity.checks, api)
    const failed = checks.filter(({ state }) => state === 'failed').map(({ id }) => id)
    // The privileged pod is also that of a controller.
    expect(failed).toEqual(id === 'pod-privileged' ? [id, 'pod-of-controller'] : [id])
    expect(checks.filter(({ state }) => state === 'skipped')).toEqual([])
  })

  test('a refusal for another control proves nothing', async () => {
    const other = forbidden('pods "a" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true')
    const api = fakeApi({ dryRun: request => isPod(request) && !specOf(request).includes('hostNetwork') ? admitted(request) : other })
    expect(await judgeOne(check('pod-host-network'), api)).toMatchObject({ state: 'skipped' })
  })

  test.each<[string, string]>([
    ['the quota is full', quotaRefusal],
    ['the caller may not impersonate', 'users "ada" is forbidden: User "ops" cannot impersonate resource "users" in API group "" at the cluster scope'],
    ['the subject may not create pods', 'pods is forbidden: User "ada" cannot create resource "pods" in API group "" in the namespace "a"'],
    ['a webhook refuses everything', 'admission webhook "x" denied the request: no']
  ])('nothing passes where %s', async (_, message) => {
    const { checks } = await judge(podSecurity.checks, fakeApi({ dryRun: () => forbidden(message) }))
    expect(new Set(checks.map(({ state }) => state))).toEqual(new Set(['skipped']))
  })
})

describe('controls', () => {
  test('nothing passes for a subject without access', async () => {
    const api = fakeApi({ isAllowed: async () => false, dryRun: () => forbidden('x is forbidden: User "ada" cannot do it') })
    const { checks } = await judge(allChecks.filter(({ family }) => ['escalation', 'pod-security', 'workloads'].includes(family) || /^access-(nodes|tenants)$/.test(family)), api)
    expect(checks.filter(({ state }) => state !== 'skipped').map(({ id }) => id)).toEqual([])
    expect(await judgeOne(check('access-inside'), api)).toMatchObject({ state: 'failed', message: expect.stringContaining('have no access') as string })
  })

  test('nothing passes for a Tenant without subjects', async () => {
    const { checks } = await judge(allChecks.filter(({ family }) => ['escalation', 'pod-security', 'workloads'].includes(family)), fakeApi(), { ...target, members: [] })
    expect(checks.filter(({ state }) => state === 'passed')).toEqual([])
  })

  test('what the caller may not ask is skipped, and lost credentials end the run', async () => {
    const throwing = (code: number) => fakeApi({ isAllowed: async () => { throw new ClusterError(code, 'no', 'no') } })
    for (const code of [403, 404, 429, 500]) expect(await judgeOne(check('access-nodes'), throwing(code))).toMatchObject({ state: 'skipped' })
    await expect(judgeOne(check('access-nodes'), throwing(401))).rejects.toThrow('no')
  })

  test('a policy that refuses everything does not protect the quotas', async () => {
    const denied = forbidden("x is forbidden: ValidatingAdmissionPolicy 'x' with binding 'x' denied request: no")
    expect(await judgeOne(check('own-quotas'), fakeApi({ dryRun: () => denied }))).toMatchObject({
      state: 'skipped', message: expect.stringContaining('a harmless ConfigMap is refused too') as string
    })
  })
})

describe('without an admission plugin', () => {
  const isPod = ({ resource }: DryRun) => resource.kind === 'Pod'

  test('limit-range-enforced fails where the API server has no LimitRanger', async () => {
    expect(await judgeOne(check('limit-range-enforced'), fakeApi())).toMatchObject({ state: 'failed', message: expect.stringContaining('above the maximum') as string })
    const limits = forbidden('pods "a" is forbidden: maximum memory usage per Container is 4Gi, but limit is 8Gi')
    const api = fakeApi({ dryRun: request => isPod(request) && JSON.stringify(request.content).includes('8Gi') ? limits : admitted(request) })
    expect(await judgeOne(check('limit-range-enforced'), api)).toMatchObject({ state: 'passed' })
  })

  test.each<[number, string]>([[1, 'passed'], [0, 'warning']])('network-plugin with a plugin on %i nodes: %s', async (numberReady, state) => {
    const daemonSet = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'calico-node', namespace: 'kube-system' },
      spec: { template: { spec: { containers: [{ name: 'main', image: 'docker.io/calico/node:v3.30.0' }] } } },
      status: { desiredNumberScheduled: 1, numberReady }
    }
    expect(await judgeOne(check('network-plugin'), fakeApi({ objects: { DaemonSet: [daemonSet] } }))).toMatchObject({ state })
  })
})

test.each<[bigint, bigint | undefined, string[] | undefined]>([
  [500n, 500n, ['500m', '500m', '500m']],
  [500n, undefined, ['1500m']],
  [8000n, 2000n, ['2', '2', '2', '2', '2']],
  [192000n, 2000n, undefined]
])('requests that exceed %s millis of a quota', (hard, max, amounts) => {
  const quantity = (milli: bigint) => ({ milli, format: 'decimal' as const })
  expect(exceeding(quantity(hard), max === undefined ? undefined : quantity(max))).toEqual(amounts)
})

test('subjects are asked about with the groups that the API server gives them', () => {
  expect(identityOf({ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' })).toEqual({
    user: 'system:serviceaccount:ci:deployer', groups: ['system:serviceaccounts', 'system:serviceaccounts:ci', 'system:authenticated']
  })
  expect(identityOf({ kind: 'Group', name: 'leads' }).groups).toEqual(['leads', 'system:authenticated'])
  expect(identityOf({ kind: 'User', name: 'ada' })).toEqual({ user: 'ada', groups: ['system:authenticated'] })
})

test('ids are unique, in kebab-case, and have a section of docs/verify.md', () => {
  const ids = allChecks.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const page = readFileSync(new URL('../../docs/verify.md', import.meta.url), 'utf8')
  for (const id of ids) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(page).toContain(`\n#### ${id}\n`)
  }
})

test('every benchmark of the retired Kubernetes project has a check', () => {
  const benchmarks = new Set(allChecks.flatMap(({ benchmarks = [] }) => benchmarks))
  expect([...benchmarks].sort()).toEqual([
    'MTB-PL1-BC-CPI-2', 'MTB-PL1-BC-CPI-3', 'MTB-PL1-BC-CPI-4', 'MTB-PL1-BC-CPI-5', 'MTB-PL1-BC-CPI-6', 'MTB-PL1-BC-HI-1', 'MTB-PL1-BC-HI-3',
    'MTB-PL1-BC-HI-4', 'MTB-PL1-BC-HI-5', 'MTB-PL1-CC-CPI-1', 'MTB-PL1-CC-DI-1', 'MTB-PL1-CC-FNS-1', 'MTB-PL1-CC-FNS-2', 'MTB-PL1-CC-TI-1',
    'MTB-PL1-CC-TI-2', 'MTB-PL2-BC-OPS-3', 'MTB-PL2-BC-OPS-4', 'MTB-PL2-CC-TI-1'
  ])
})

test('remedies name the namespace and the Tenant', () => {
  const remedies = allChecks.map(each => resultOf('family', each, { state: 'failed', message: '' }, target).remedy)
  expect(remedies.filter(remedy => /\b(NAMESPACE|TENANT)\b/.test(remedy))).toEqual([])
  expect(remedies.filter(remedy => remedy.includes(`-n ${target.name}`))).not.toEqual([])
})
