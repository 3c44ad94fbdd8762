import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccessReport } from '../../src/view/access-report.ts'
import type { TenantSummaries } from '../../src/view/tenant-summary.ts'
import type { UsageReport } from '../../src/view/usage-report.ts'
import type { WhyReport } from '../../src/view/why/why-report.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { valueAt } from '../support/value-at.ts'
import { k8sMtp } from './cli.ts'
import { breakGlass, client, eventually } from './context.ts'
import { pod } from './guarded-tenant.ts'
import { templateOf } from './templates.ts'
import { remove, removeTenant, tenantManifest, uniqueName, waitForReady, waitForReason } from './tenants.ts'

const ops = ['--as', 'ops', '--as-group', 'system:masters', '--as-group', 'system:authenticated']
const user = (name: string) => ['--as', name, '--as-group', 'system:authenticated']

const containerStatus = (state: object, lastState: object) => ({ name: 'main', image: 'x', imageID: '', ready: false, restartCount: 4, state, lastState })

const schemas = new Map<string, ReturnType<Ajv['compile']>>()

/** Runs a command with `-o json`, and validates the output by its published schema. */
async function json<Report> (args: string[], identity = ops): Promise<{ code: number, stderr: string, report: Report }> {
  const [command = ''] = args
  const { code, stdout, stderr } = await k8sMtp([...args, '-o', 'json'], identity)
  expect(stdout, stderr).not.toBe('')
  const report = JSON.parse(stdout) as Report
  const validate = schemas.get(command) ?? new Ajv({ strict: false })
    .compile(JSON.parse(readFileSync(repositoryPath(`docs/reference/schemas/${command}_v1.json`), 'utf8')) as object)
  schemas.set(command, validate)
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true)
  return { code, stderr, report }
}

const acme = { name: uniqueName(), namespace: '' }
acme.namespace = `tenant-${acme.name}-shop`
const dev = `tenant-${acme.name}-dev`
const other = uniqueName('globex')
const onHold = uniqueName('initech')
const paused = uniqueName('hooli')
const refused = uniqueName('umbrella')
const unmanaged: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'beside', namespace: acme.namespace },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory\u001b[31m\n::error::x' }]
}
const missingRole: KubeObject = { ...unmanaged, kind: 'ClusterRoleBinding', metadata: { name: uniqueName('early') }, roleRef: { ...unmanaged['roleRef'] as object, name: 'not-yet' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `early-${acme.name}` }] }
const clusterWide: KubeObject = { ...unmanaged, kind: 'ClusterRoleBinding', metadata: { name: uniqueName('sre') }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: `sre-${acme.name}` }] }
const expiresAt = new Date(Date.now() + 25 * 3_600_000).toISOString().replace(/\.\d+Z/, 'Z')

beforeAll(async () => {
  await client().create(tenantManifest(acme.name, {
    admins: [{ kind: 'User', name: `ada-${acme.name}` }],
    operators: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }, { kind: 'User', name: `otto-${acme.name}` }],
    viewers: [{ kind: 'User', name: `eve-${acme.name}`, expiresAt }],
    quotas: { 'tenant-quota': { pods: '1' } },
    namespaces: [{ name: 'dev' }]
  }))
  await client().create(tenantManifest(other))
  await client().create(tenantManifest(onHold, { className: 'gone' }))
  await client().create(tenantManifest(paused, { paused: true }))
  await client().create(tenantManifest(refused, { quotas: { 'tenant-quota': { pods: '5000' } } }))
  await waitForReady(acme)
  await waitForReady({ name: other })
  for (const [name, reason] of [[onHold, 'ClassNotFound'], [paused, 'Paused'], [refused, 'OverrideNotAllowed']] as const) await waitForReason({ name }, reason)
  await breakGlass().create(unmanaged)
  await client().create(clusterWide)
  await client().create(missingRole)
  const deployment = (name: string, namespace: string, spec: object, replicas = 1) => {
    const object = templateOf(pod(namespace, spec, {}, name), 'Deployment')
    return { ...object, spec: { ...object['spec'] as object, replicas } }
  }
  await eventually(async () => await client().create(deployment('web', acme.namespace, {}, 2)))
  await client().create(deployment('picky', dev, { tolerations: [{ key: 'theirs', operator: 'Exists' }] }))
  await client().create(deployment('host', dev, { hostNetwork: true }))
  const bad = pod(dev, { containers: [{ name: 'main', image: 'x', resources: { limits: { cpu: '9' } } }] }, {}, 'greedy')
  await client().create(templateOf(bad, 'StatefulSet'))
}, 90_000)

afterAll(async () => {
  await remove(refOf(clusterWide))
  await remove(refOf(missingRole))
  for (const name of [acme.name, other, onHold, paused, refused]) await removeTenant(name)
})

describe('k8s-mtp get', () => {
  it('has state, class, namespaces, admins and the highest use', async () => {
    await eventually(async () => {
      const { report: { tenants, notReadable } } = await json<TenantSummaries>(['get'])
      expect(notReadable).toEqual([])
      expect(tenants.find(({ name }) => name === acme.name)).toMatchObject({
        state: 'Ready',
        className: 'default',
        namespaces: [{ name: acme.namespace, state: 'Ready' }, { name: dev, state: 'Ready' }],
        highestUse: { namespace: acme.namespace, quota: 'tenant-quota', resource: 'pods', percent: 100, level: 'full' }
      })
      const states = new Map(tenants.map(({ name, state, reason }) => [name, `${state} ${reason}`]))
      expect([onHold, paused, refused].map(name => states.get(name))).toEqual(['Blocked ClassNotFound', 'Paused Paused', 'Blocked OverrideNotAllowed'])
    })
  })

  it('prints a table, one Tenant in full, names and YAML', async () => {
    const { stdout } = await k8sMtp(['get'], ops)
    expect(stdout).toMatch(/^NAME +STATE +CLASS +NAMESPACES +ADMINS +HIGHEST USE +AGE +MESSAGE$/m)
    expect(stdout).toMatch(new RegExp(`^${onHold} +Blocked +gone +.*ClassNotFound: TenantClass gone does not exist`, 'm'))
    const single = await k8sMtp(['get', acme.name], ops)
    expect(single.stdout).toMatch(new RegExp(`^State: +Ready, for .*\n[^]*^Viewers: +User eve-${acme.name} \\(until ${expiresAt}\\)$`, 'm'))
    expect((await k8sMtp(['get', acme.name, paused, '-o', 'name'], ops)).stdout.split('\n').sort()).toEqual(['', `tenant.k8s-mtp.dev/${acme.name}`, `tenant.k8s-mtp.dev/${paused}`])
    expect((await k8sMtp(['get', acme.name, '-o', 'yaml'], ops)).stdout).toContain(`tenants:\n  - name: ${acme.name}\n`)
    expect((await k8sMtp(['get', acme.name, '-o', 'wide'], ops)).stdout).toContain(`${acme.namespace}, ${dev}`)
  })

  it('refuses a Tenant that does not exist, and another format', async () => {
    expect(await k8sMtp(['get', 'nobody'], ops)).toEqual({ code: 2, stdout: '', stderr: 'error: Tenant nobody does not exist. List those that do: k8s-mtp get.\n' })
    expect(await k8sMtp(['get', '-o', 'xml'], ops)).toMatchObject({ code: 2, stderr: expect.stringContaining("argument 'xml' is invalid") as string })
  })
})

describe('k8s-mtp why', () => {
  it.each([
    [() => onHold, 'ClassNotFound', 'kubectl get tenantclasses'],
    [() => paused, 'Paused', `kubectl patch tenants.k8s-mtp.dev ${paused} --type=merge --patch='{"spec":{"paused":false}}'`],
    [() => refused, 'OverrideNotAllowed', "kubectl get tenantclass default -o jsonpath='{.spec.overrides}'"]
  ])('explains %s: %s', async (name, reason, command) => {
    const { code, stderr, report } = await json<WhyReport>(['why', name()])
    expect({ code, stderr, ready: report.ready }).toEqual({ code: 1, stderr: `error: Tenant ${name()} is not Ready.\n`, ready: 'False' })
    expect(report.causes[0]).toMatchObject({ object: `Tenant ${name()}`, reason, commands: [command] })
  })

  it('is 0 for a Tenant that is Ready, and shows workloads without pods, with the reason and the remedy', async () => {
    await eventually(async () => {
      const { code, report } = await json<WhyReport>(['why', acme.name])
      expect({ code, ready: report.ready }).toEqual({ code: 0, ready: 'True' })
      const causes = report.causes.map(({ object, message }) => `${object}: ${message}`).sort()
      expect(causes).toEqual([
        expect.stringMatching(`^Deployment ${dev}/host: 0 of 1 pods: violates PodSecurity "restricted:latest": .*hostNetwork.*\\. Set in the pod template`) as string,
        expect.stringMatching(`^Deployment ${dev}/picky: 0 of 1 pods: TenantClass default does not allow the toleration theirs.*Remove it, or change the TenantClass$`) as string,
        expect.stringMatching(`^Deployment ${acme.namespace}/web: 1 of 2 pods: exceeded quota: tenant-quota, .*\\. Lower the requests or replicas`) as string,
        expect.stringMatching(`^ResourceQuota ${acme.namespace}/tenant-quota: it is full: pods 1 of 1\\.`) as string,
        expect.stringMatching(`^StatefulSet ${dev}/greedy: 0 of 1 pods: maximum cpu usage per Container is 500m, but limit is 9\\. Change requests and limits`) as string
      ])
      // Each page exists, with its anchor.
      for (const { page, commands } of report.causes) {
        const [path = '', anchor = ''] = page.replace('https://github.com/k8s-mtp/k8s-mtp/blob/main/', '').split('#')
        const headings = readFileSync(repositoryPath(path), 'utf8').match(/^#+ .*$/gm) ?? []
        expect(headings.map(heading => heading.replace(/^#+ /, '').toLowerCase().replaceAll(/[^\w -]/g, '').replaceAll(' ', '-'))).toContain(anchor)
        expect(commands).not.toEqual([])
      }
    })
  })

  it('explains pods that do not start, to platform engineers and members', async () => {
    const pods = {
      crashing: { containerStatuses: [containerStatus({ waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } }, { terminated: { reason: 'Error', exitCode: 3 } })] },
      unscheduled: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}.' }] }
    }
    const created = Object.keys(pods).map(name => pod(dev, {}, {}, name))
    try {
      for (const object of created) {
        await client().create(object)
        await breakGlass().patch(refOf(object), { status: { phase: 'Pending', ...pods[object.metadata.name as keyof typeof pods] } }, { subresource: 'status' })
      }
      for (const identity of [ops, user(`eve-${acme.name}`)]) {
        const { report } = await json<WhyReport>(['why', `namespace/${dev}`], identity)
        const found = new Map(report.causes.map(({ object, message, commands }) => [object, [message, ...commands]]))
        expect(found.get(`Pod ${dev}/crashing`)).toEqual([
          'container main: it ended with exit code 3 (Error), and was restarted 4 times. Its output has the reason', `kubectl --namespace ${dev} logs crashing --container main --previous`
        ])
        expect(found.get(`Pod ${dev}/unscheduled`)).toEqual([
          '0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}. TenantClass default allows no tolerations: ask the platform team for nodes without taints',
          `kubectl --namespace ${dev} describe pod unscheduled`
        ])
      }
    } finally {
      for (const object of created) await remove(refOf(object))
    }
  })

  it('explains one namespace, and says what it does not know', async () => {
    const { code, report } = await json<WhyReport>(['why', `namespace/${dev}`])
    expect({ code, about: report.about, objects: report.causes.map(({ object }) => object.includes(`${dev}/`)) }).toEqual({ code: 0, about: `Namespace ${dev}`, objects: [true, true, true] })
    expect(await k8sMtp(['why', 'nobody'], ops)).toMatchObject({ code: 2, stderr: 'error: no Tenant and no namespace has the name nobody. List Tenants: k8s-mtp get.\n' })
    expect(await k8sMtp(['why', 'default'], ops)).toMatchObject({ code: 2, stderr: expect.stringContaining('namespace default is not of a Tenant.') as string })
  })

  it('finds a hook that does not run, by the generation and the events', async () => {
    const controllers = ['k8s-mtp', 'k8s-mtp-namespaces'].map(name => ({ apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController', name }))
    const [first = expect.unreachable()] = controllers
    const { spec } = await client().get(first) as KubeObject & { spec: { hooks: Record<string, { webhook: { url: string } }> } }
    const name = uniqueName('late')
    const closed = Object.fromEntries(['sync', 'customize'].map(hook => [hook, { version: 'v2', webhook: { url: `http://127.0.0.1:1/${hook}`, timeout: '1s' } }]))
    try {
      await client().patch(first, { spec: { hooks: closed } })
      await eventually(async () => {
        const { items } = await client().list({ apiVersion: 'v1', kind: 'Event' }, { namespace: 'default' })
        const probe = uniqueName('late')
        await client().create(tenantManifest(probe))
        try {
          expect(items.some(event => String(valueAt(event, 'involvedObject.name')).startsWith('late-'))).toBe(true)
        } finally {
          await removeTenant(probe)
        }
      }, { interval: 1000 })
      await client().create(tenantManifest(name))
      await eventually(async () => {
        const { code, report } = await json<WhyReport>(['why', name])
        expect({ code, reasons: report.causes.map(({ reason }) => reason).slice(0, 2) }).toEqual({ code: 1, reasons: ['NotReconciled', 'SyncError'] })
        expect(report.causes[0]?.message).toContain('it was never reconciled')
      }, { interval: 500 })
    } finally {
      await client().patch(first, { spec: { hooks: spec.hooks } })
      await removeTenant(name)
    }
  }, 90_000)
})

describe('k8s-mtp usage', () => {
  it('has each quota, totals and flags', async () => {
    const { code, report: { tenants } } = await json<UsageReport>(['usage', acme.name])
    expect(code).toBe(0)
    expect(tenants[0]?.quotas[0]).toMatchObject({ namespace: acme.namespace, quota: 'tenant-quota' })
    expect(tenants[0]?.quotas[0]?.resources[0]).toEqual({ resource: 'pods', used: '1', hard: '1', percent: 100, level: 'full' })
    expect(tenants[0]?.totals.find(({ resource }) => resource === 'pods')).toEqual({ resource: 'pods', used: '1', hard: '21', percent: 4, level: 'ok' })
    expect((await k8sMtp(['usage', acme.name], ops)).stdout).toMatch(/^ {4}pods +(█+|\[#+\]) +100 % +1 of 1 +full$/m)
    expect((await k8sMtp(['usage'], ops)).stdout).toMatch(new RegExp(`^${acme.name} +${acme.namespace} +tenant-quota +pods .* 100 % +1 of 1 +full$`, 'm'))
  })
})

describe('k8s-mtp access', () => {
  it('has members, bindings beside them, and those of the whole cluster', async () => {
    const { report: { access, hidden } } = await json<AccessReport>(['access', acme.name])
    const found = access.map(({ namespace, subject, role, permits, managed, expiresAt: end }) => [namespace, subject, role, permits, managed, end ?? ''])
    expect(found).toContainEqual([acme.namespace, `User ada-${acme.name}`, 'Role/tenant-admin', 'write pods, workloads, jobs; write Secrets; exec; forward ports', true, ''])
    expect(found).toContainEqual([dev, `User eve-${acme.name}`, 'Role/tenant-viewer', 'read workloads', true, expiresAt])
    expect(found).toContainEqual([acme.namespace, 'User mallory\u001b[31m\n::error::x', 'ClusterRole/view', 'read workloads', false, ''])
    expect(found).toContainEqual([undefined, `Group sre-${acme.name}`, 'ClusterRole/view', 'read workloads', false, ''])
    expect(found).toContainEqual([undefined, `User early-${acme.name}`, 'ClusterRole/not-yet', 'nothing: the role does not exist. To create it grants this access', false, ''])
    expect(access.some(({ namespace }) => namespace !== undefined && ![acme.namespace, dev].includes(namespace))).toBe(false)
    expect(hidden).toBeGreaterThan(10)
    const { stdout } = await k8sMtp(['access', acme.name], ops)
    expect(stdout).toContain('User mallory\\u001b[31m\\n::error::x')
    expect(stdout).toMatch(new RegExp(`^${acme.name} +${dev} +User eve-${acme.name} .* ${expiresAt} \\(2[45]h left\\)$`, 'm'))
    expect(stdout).toMatch(/ unmanaged: RoleBinding\/beside$/m)
  })

  it('has all of a subject, and says that its groups are unknown', async () => {
    const { report, stderr } = await json<AccessReport>(['access', '--subject', `User ada-${acme.name}`])
    expect(report.access.map(({ namespace, role }) => [namespace, role]).sort()).toEqual([[dev, 'Role/tenant-admin'], [acme.namespace, 'Role/tenant-admin']].sort())
    expect({ notes: report.notes, stderr }).toEqual({ notes: [expect.stringContaining('alone knows the groups')], stderr: '' })
    const account = await json<AccessReport>(['access', acme.name, '--subject', 'ci/deployer'])
    expect(account.report.access.map(({ subject }) => subject)).toEqual(['ServiceAccount ci/deployer', 'ServiceAccount ci/deployer'])
  })
})

describe.each(['ada', 'otto', 'eve'])('to a member, %s', name => {
  const identity = user(`${name}-${acme.name}`)

  it('shows the namespace without the Tenant, and says so', async () => {
    const { code, stderr, report } = await json<TenantSummaries>(['get', '--namespace', acme.namespace], identity)
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'warning: the output is incomplete, since you may not get tenants.k8s-mtp.dev\n' })
    expect(report.tenants).toEqual([{
      name: acme.name,
      state: 'Unknown',
      cordoned: false,
      className: 'default',
      subjects: [],
      namespaces: [expect.objectContaining({ name: acme.namespace, state: 'Unknown' })],
      highestUse: expect.objectContaining({ resource: 'pods', percent: 100 }) as object
    }])
    expect(report.notReadable).toHaveLength(1)
    expect(await k8sMtp(['get', '--namespace', dev.replace('dev', 'none')], identity)).toMatchObject({ code: 2 })
  })

  it('shows the use of all quotas', async () => {
    const { code, stderr, report } = await json<UsageReport>(['usage', '--namespace', acme.namespace], identity)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(report.tenants.map(({ tenant, quotas }) => [tenant, quotas.length])).toEqual([[acme.name, 3]])
  })

  it('explains workloads, and does not say whether the Tenant is Ready', async () => {
    const { code, stderr, report } = await json<WhyReport>(['why', acme.namespace], identity)
    expect({ code, ready: report.ready, objects: report.causes.map(({ object }) => object) }).toEqual({
      code: 2, ready: 'Unknown', objects: [`ResourceQuota ${acme.namespace}/tenant-quota`, `Deployment ${acme.namespace}/web`]
    })
    expect(stderr.trim().split('\n').at(-1)).toBe(`error: it is unknown whether Namespace ${acme.namespace} is Ready, since you may not read its Tenant. Ask the platform team.`)
  })

  it('never shows an empty list of access', async () => {
    expect(await k8sMtp(['access', '--namespace', acme.namespace], identity)).toEqual({
      code: 2, stdout: '', stderr: `error: who has access is unknown, since you may not list RoleBindings. Your own permissions: kubectl auth can-i --list --namespace ${acme.namespace}.\n`
    })
  })

  it('asks for a namespace where none is given', async () => {
    const { code, stderr } = await k8sMtp(['get'], identity)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^error: .*cannot list resource "tenants".*\. Name your namespace with --namespace/) as string })
  })
})
