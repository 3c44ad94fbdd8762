import { readFileSync, statSync } from 'node:fs'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { allChecks } from '../../src/verify/families.ts'
import { NamespaceReport, VerifyReport } from '../../src/verify/report.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { shippedClasses } from '../support/workloads.ts'
import { classRef } from './classes.ts'
import { k8sMtpAt } from './cli.ts'
import { auditWrites, breakGlass, client, eventually, platform } from './context.ts'
import { contentKinds, refIn, remove, removeTenant, uniqueName } from './tenants.ts'
import { kubeconfigWith } from './verify/kubeconfig.ts'
import { clusterWeakenings, exceptions, weakenGuardrails } from './verify/weakened-guardrails.ts'
import { weakenings, type Others } from './verify/weakenings.ts'
import { always, boundedClass, createTenantOf, grant, idsIn, linesIn, pause, verifyTenant, withPod, type VerifiedTenant } from './verify/world.ts'

/** Decided by unit tests: the API server cannot be started without its admission plugins here. */
const byUnitTests = ['limit-range-enforced', 'network-plugin']

const className = uniqueName('bounded')
const plain = uniqueName('plain')
const node = { name: uniqueName('node'), address: '192.0.2.77' }
const tenants = new Map<string, VerifiedTenant>()
let good: VerifiedTenant
let others: Others

beforeAll(async () => {
  await client().create(boundedClass(className))
  await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: plain } })
  await client().create({ apiVersion: 'v1', kind: 'Node', metadata: { name: node.name }, status: { addresses: [{ type: 'InternalIP', address: node.address }] } })
  await client().apply({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'httproutes.gateway.networking.k8s.io', annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' } },
    spec: {
      group: 'gateway.networking.k8s.io',
      scope: 'Namespaced',
      names: { kind: 'HTTPRoute', plural: 'httproutes' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }]
    }
  }, { fieldManager: 'test' })
  const other = await createTenantOf('default', uniqueName('globex'))
  good = await createTenantOf(className)
  const keys = new Set([...Object.entries(weakenings).map(([id, { group = id }]) => group), ...Object.keys(exceptions)])
  for (const key of keys) tenants.set(key, await createTenantOf(className))
  others = { tenant: other, plain, node: node.address }
  for (const tenant of [good, ...tenants.values()]) await withPod(tenant, { pool: 'shared' })
  for (const tenant of tenants.values()) await pause(tenant)
  // No class can grant what Metacontroller lacks.
  await grant({ kind: 'User', name: good.admin }, [{ apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: ['create'] }], good.namespace)
  for (const [id, { make, group = id }] of Object.entries(weakenings)) await make(tenants.get(group) ?? expect.unreachable(), others)
}, 300_000)

afterAll(async () => {
  await Promise.all([good, others.tenant, ...tenants.values()].map(async ({ name }) => await removeTenant(name)))
  await remove(classRef(className))
  await remove({ apiVersion: 'v1', kind: 'Namespace', name: plain })
  await remove({ apiVersion: 'v1', kind: 'Node', name: node.name })
}, 300_000)

test('the weakenings are for every check', () => {
  const ids = allChecks.map(({ id }) => id)
  expect([...Object.keys(weakenings), ...Object.keys(exceptions), ...Object.keys(clusterWeakenings), ...byUnitTests].sort()).toEqual([...ids].sort())
})

/** Everything that a run could have created or changed. */
async function versionsIn (namespace: string): Promise<string[]> {
  const kinds = ['Pod', 'Service', 'ConfigMap', 'Secret', 'ServiceAccount', 'Endpoints', 'PersistentVolumeClaim', 'Event'].map(kind => ({ apiVersion: 'v1', kind }))
  const others = [['apps/v1', 'Deployment'], ['batch/v1', 'Job'], ['networking.k8s.io/v1', 'Ingress']].map(([apiVersion = '', kind = '']) => ({ apiVersion, kind }))
  const lists = await Promise.all([...contentKinds, ...kinds, ...others].map(kind => client().list(kind, { namespace })))
  const found = [await client().get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }), ...lists.flatMap(({ items }) => items)]
  return found.map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.resourceVersion}`).sort()
}

test('a Tenant with every bound passes every check, and nothing is written', async () => {
  const [before, offset] = [await versionsIn(good.namespace), statSync(platform().auditLog).size]
  const report = await verifyTenant(good.name)
  expect(idsIn(report, 'failed', 'warning')).toEqual(always)
  expect(linesIn(report)).toContainEqual(expect.stringContaining('warning network-plugin: it is unknown whether NetworkPolicies are enforced'))
  expect(Value.Check(NamespaceReport, report)).toBe(true)
  expect(await versionsIn(good.namespace)).toEqual(before)
  await auditWrites(0)
  const events = readFileSync(platform().auditLog).subarray(offset).toString().split('\n').filter(line => line.includes('"userAgent":"k8s-mtp"'))
    .map(line => JSON.parse(line) as { requestURI: string })
  expect(events.length).toBeGreaterThan(100)
  expect(events.filter(({ requestURI }) => !requestURI.includes('dryRun=All'))).toEqual([])
})

const sorted = (...ids: string[]): string[] => [...new Set(ids)].sort()

describe('a weakened Tenant fails in exactly the check that is weakened', () => {
  const reports = new Map<string, Promise<NamespaceReport>>()
  const reportOf = async (key: string, group: string | undefined) => {
    const report = reports.get(key) ?? verifyTenant(tenants.get(key)?.name ?? '')
    if (group !== undefined) reports.set(key, report)
    return await report
  }

  test.each(Object.entries(weakenings))('%s', async (id, { make, companions = [], message, restored, group }) => {
    await eventually(async () => {
      if (restored === true) await make(tenants.get(id) ?? expect.unreachable(), others)
      const report = await reportOf(group ?? id, group)
      expect(idsIn(report, 'failed', 'warning'), linesIn(report).join('\n')).toEqual(sorted(id, ...companions, ...always))
      expect(report.checks.find(check => check.id === id)?.message).toMatch(message)
    }, { timeout: 8_000, interval: 1_000 })
  })
})

describe('a weakened guardrail shows in exactly the check that it is for', () => {
  let restore: () => Promise<void>
  beforeAll(async () => { restore = await weakenGuardrails(tenants) })
  afterAll(async () => { await restore() })

  test.each(Object.entries(exceptions))('%s', async (id, { message }) => {
    await eventually(async () => {
      const report = await verifyTenant(tenants.get(id)?.name ?? '')
      expect(idsIn(report, 'failed', 'warning'), linesIn(report).join('\n')).toEqual(sorted(id, 'guardrail-policies', ...always))
      expect(report.checks.find(check => check.id === id)?.message).toContain(message)
    }, { timeout: 8_000, interval: 1_000 })
  })
})

test.each(Object.entries(clusterWeakenings))('a weakness of all Tenants fails in exactly %s', async (id, { object, weak, strong, message }) => {
  const before = await client().get(object) as KubeObject & { spec: Record<string, unknown> }
  expect(before.spec).toMatchObject(strong)
  onTestFinished(async () => { await client().patch(object, { spec: strong }) })
  await client().patch(object, { spec: weak })
  const report = await verifyTenant(good.name)
  expect(idsIn(report, 'failed', 'warning'), linesIn(report).join('\n')).toEqual(sorted(id, ...always))
  expect(report.checks.find(check => check.id === id)?.message).toContain(message)
})

test.each([...shippedClasses].map(([name]) => name))('a Tenant of the class %s passes every check', async name => {
  const tenant = await createTenantOf(name)
  await withPod(tenant)
  const report = await verifyTenant(tenant.name)
  expect(idsIn(report, 'failed', 'warning'), linesIn(report).join('\n')).toEqual(always)
  await removeTenant(tenant.name)
})

describe('a broken cluster does not look secure', () => {
  const byDryRun = allChecks.filter(({ family }) => family === 'pod-security').map(({ id }) => id)
  const readAll = { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }
  const review = { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] }
  const verify = async (kubeconfig: string): Promise<NamespaceReport> => {
    const { stdout } = await k8sMtpAt(kubeconfig, ['verify', good.name, '-o', 'json'], [])
    const { namespaces: [report] } = JSON.parse(stdout) as VerifyReport
    return report ?? expect.unreachable()
  }

  test('without the permission to impersonate, or to ask about access', async () => {
    const report = await verify(await kubeconfigWith([readAll, review], plain))
    expect(idsIn(report, 'skipped')).toEqual(expect.arrayContaining([...byDryRun, 'own-quotas', 'service-node-port', 'quota-enforced']))
    expect(report.checks.find(({ id }) => id === 'pod-privileged')?.message).toContain('you may not impersonate the subjects')
    const blind = await verify(await kubeconfigWith([readAll], plain))
    expect(idsIn(blind, 'skipped')).toEqual(expect.arrayContaining(['access-inside', 'access-nodes', ...byDryRun, 'own-quotas', 'token-requests']))
  })

  test('with a full quota', async () => {
    const tenant = await createTenantOf(className)
    onTestFinished(() => removeTenant(tenant.name))
    await withPod(tenant, { pool: 'shared' })
    await breakGlass().patch(refIn(tenant, 'ResourceQuota', 'tenant-quota'), { status: { used: { pods: '60' } } }, { subresource: 'status' })
    const report = await verifyTenant(tenant.name)
    expect(idsIn(report, 'skipped')).toEqual(expect.arrayContaining([...byDryRun, 'quota-enforced', 'pod-node-name']))
    expect(report.checks.find(({ id }) => id === 'pod-privileged')?.message).toContain('a compliant pod of User')
  })

  test('without a WorkloadPolicy, where everything is refused', async () => {
    const tenant = await createTenantOf(className)
    onTestFinished(() => removeTenant(tenant.name))
    await withPod(tenant, { pool: 'shared' })
    await pause(tenant)
    await breakGlass().delete(refIn(tenant, 'WorkloadPolicy', 'tenant-workloads'))
    const report = await verifyTenant(tenant.name)
    expect(idsIn(report, 'passed')).not.toEqual(expect.arrayContaining(['pod-privileged', 'service-node-port', 'volume-names']))
    expect(idsIn(report, 'failed')).toContain('drift')
  })

  test('with a guardrail that only warns', async () => {
    const binding = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', name: 'k8s-mtp-workloads-services-create' }
    const { spec } = await client().get(binding) as KubeObject & { spec: { validationActions: string[] } }
    onTestFinished(async () => { await client().patch(binding, { spec: { validationActions: spec.validationActions } }) })
    await client().patch(binding, { spec: { validationActions: ['Warn'] } })
    await eventually(async () => {
      const services = ['guardrail-bindings', 'service-external-ips', 'service-external-name', 'service-load-balancer', 'service-node-port']
      expect(idsIn(await verifyTenant(good.name), 'failed')).toEqual(services)
    }, { timeout: 8_000, interval: 1_000 })
  })
})

test('a namespace of another system is verified as the subjects of its RoleBindings', async () => {
  await client().create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'edit', namespace: plain },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: '<b>eve</b>' }]
  })
  const { code, stdout, stderr } = await k8sMtpAt(platform().kubeconfig, ['verify', '--as-tenant-of', plain, '-o', 'json'], [])
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: \d+ checks failed\.\n$/) as string })
  const report = JSON.parse(stdout) as VerifyReport
  expect(Value.Check(VerifyReport, report)).toBe(true)
  const [{ checks = [], subjects = [] } = {}] = report.namespaces
  expect(subjects).toEqual([{ kind: 'User', name: '<b>eve</b>', roles: ['ClusterRole edit'] }])
  const stateOf = (id: string) => checks.find(check => check.id === id)?.state
  expect(['access-nodes', 'access-other-tenants', 'pod-privileged', 'compute-quota', 'service-node-port', 'network-isolation', 'drift'].map(stateOf))
    .toEqual(['passed', 'passed', 'failed', 'failed', 'failed', 'failed', 'skipped'])

  const page = await k8sMtpAt(platform().kubeconfig, ['verify', '--as-tenant-of', plain, '-o', 'html'], [])
  expect(page.stdout).toMatch(/^<!doctype html>/)
  expect(page.stdout).toContain('&lt;b&gt;eve&lt;/b&gt;')
  expect(page.stdout).not.toMatch(/<b>eve|<script|https?:\/\/(?!github\.com\/k8s-mtp\/)/)
})

test('names what it cannot verify', async () => {
  const run = async (...args: string[]) => await k8sMtpAt(platform().kubeconfig, ['verify', ...args], [])
  expect(await run()).toMatchObject({ code: 2, stderr: 'error: name Tenants, or set either --all or --as-tenant-of.\n' })
  expect(await run('nowhere')).toMatchObject({ code: 2, stderr: 'error: Tenant nowhere does not exist, or has no namespace. Check its name and status.\n' })
  expect(await run('--as-tenant-of', 'nowhere')).toMatchObject({ code: 2, stderr: 'error: namespace nowhere does not exist. Check --as-tenant-of.\n' })
  expect(await run('acme', '-o', 'yaml')).toMatchObject({ code: 2, stderr: expect.stringContaining('Allowed choices are text, json, html') as string })
})
