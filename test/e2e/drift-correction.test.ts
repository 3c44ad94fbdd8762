import { expect, test } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { halfInQuickRuns } from '../support/cases-of-run.ts'
import { classRef, createClass, smallClass } from './classes.ts'
import { breakGlass, client, eventually, platform } from './context.ts'
import { rowsOf } from './drift-table.ts'
import { settled } from './engine-writes.ts'
import { namespaceRef } from './guardrails/world.ts'
import { runCommands } from './kubectl.ts'
import {
  changeTenant, conditionOf, declaredPart, objectsOf, readyTenant, refIn, statusOf, uidsOf, putData, waitForReady, waitForReason,
  type TestTenant
} from './tenants.ts'

const rbac = 'rbac.authorization.k8s.io'

const { strategy } = platform().engine
const lastApplied = 'metacontroller.k8s.io/last-applied-configuration'

// drift-table.test.ts covers changes of single fields, and the time until their correction.
test.skipIf(strategy === 'server-side-apply')('recreates a quota with a corrupt last-applied annotation, and reports it', async () => {
  const tenant = await tenantWithAdmin()
  const ref = refIn(tenant, 'ResourceQuota', 'tenant-quota')
  const before = await client().get(ref)
  await breakGlass().patch(ref, { metadata: { annotations: { [lastApplied]: '{' } }, spec: { hard: { pods: '9999' } } })
  const corrected = await eventually(async () => {
    const object = await client().get(ref)
    expect(declaredPart(object)).toEqual(declaredPart(before))
    return object
  })
  expect(corrected.metadata.uid).not.toBe(before.metadata.uid)
  expect(corrected.metadata.annotations?.['k8s-mtp.dev/corrected']).toMatch(/Z (recreated|deleted)$/)
  await waitForReady(tenant)
})

async function tenantWithAdmin (): Promise<TestTenant> {
  return readyTenant({ admins: [{ kind: 'User', name: 'ada@acme.example' }] })
}

test('recreates all objects that are deleted at once, and keeps data', async () => {
  const tenant = await tenantWithAdmin()
  const data = await putData(tenant)
  const before = (await uidsOf(tenant)).map(line => line.split(' ')[0])
  const deleted = [
    'Role/tenant-operator', 'RoleBinding/tenant-admin', 'ResourceQuota/tenant-quota', 'LimitRange/tenant-limits',
    'NetworkPolicy/default-deny', 'NetworkPolicy/allow-dns'
  ].map(name => name.split('/'))
  await Promise.all(deleted.map(async ([kind = '', name = '']) => breakGlass().delete(refIn(tenant, kind, name))))
  await eventually(async () => expect((await uidsOf(tenant)).map(line => line.split(' ')[0])).toEqual(before))
  await waitForReady(tenant)
  expect(await client().get(refIn(tenant, 'ConfigMap', 'data'))).toEqual(
    expect.objectContaining({ metadata: data.metadata, data: { precious: 'yes' } })
  )
})

test('applies any change of a list of subjects, and corrects any change of it by hand, within seconds', async () => {
  const user = (name: string) => ({ kind: 'User', name })
  const group = (name: string) => ({ kind: 'Group', name })
  const account = (name: string) => ({ kind: 'ServiceAccount', name, namespace: 'ci' })
  const lists = [
    [user('ada')],
    [user('ada'), group('acme-leads')],
    [account('zoe'), group('acme-leads'), user('bob')],
    [user('bob'), account('ada')],
    [group('ada'), user('ada'), account('ada')],
    [account('ada')],
    [user('zoe'), user('ada'), account('ci')]
  ]
  const tenant = await readyTenant({ admins: lists.at(-1) })
  const subjectsNow = async () => (await objectsOf(tenant)).filter(({ metadata }) => metadata.name.startsWith('tenant-admin'))
    .flatMap(({ subjects }) => [...new Set((subjects as object[] | undefined ?? []).map(subject => JSON.stringify(subject)))]).sort()
  const stored = (subjects: object[]) => subjects.map(subject => JSON.stringify(
    'namespace' in subject ? subject : { ...subject, apiGroup: rbac }, ['kind', 'apiGroup', 'name', 'namespace'])).sort()
  for (const [index, admins] of lists.entries()) {
    await changeTenant(tenant, { admins })
    await waitForReady(tenant, { timeout: 15_000 })
    expect(await subjectsNow()).toEqual(stored(admins))

    const binding = refIn(tenant, 'RoleBinding', 'tenant-admin')
    const { subjects = [] } = await client().get(binding) as KubeObject & { subjects?: object[] }
    const others = [{ ...account('ada') }, { ...user('mallory'), apiGroup: rbac }, { ...group('bob'), apiGroup: rbac }]
    const damaged = [others.slice(0, index % 3 + 1), subjects.toReversed(), others.slice(index % 2)].flat()
    await breakGlass().patch(binding, { subjects: damaged })
    await eventually(async () => expect(await subjectsNow()).toEqual(stored(admins)), { timeout: 15_000 })
    await waitForReady(tenant, { timeout: 15_000 })
  }
  await settled(tenant)
})

test('keeps unmanaged labels, annotations and objects in the namespace', async () => {
  const tenant = await tenantWithAdmin()
  const namespace = refIn(tenant, 'Namespace', '')
  await client().patch(namespace, { metadata: { labels: { 'istio-injection': 'enabled' }, annotations: { note: 'kept' } } })
  await breakGlass().create({
    apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name: 'of-a-helm-chart', namespace: tenant.namespace }, rules: []
  })
  await changeTenant(tenant, { viewers: [{ kind: 'User', name: 'eve@audit.example' }] })
  await waitForReady(tenant)
  expect(await client().get(namespace)).toHaveProperty('metadata', expect.objectContaining({
    labels: expect.objectContaining({ 'istio-injection': 'enabled' }),
    annotations: expect.objectContaining({ note: 'kept' })
  }))
  expect(await client().find(refIn(tenant, 'Role', 'of-a-helm-chart'))).toBeDefined()
  expect(await conditionOf(tenant, 'UnmanagedObjects')).toBeUndefined()
})

// Server-side apply may overwrite a change by hand before anything has observed it: see test/properties/drift.test.ts.
test.skipIf(strategy === 'server-side-apply')('reports a change by hand at the moment of a change of the class, and corrects both', async () => {
  const className = await createClass()
  const tenant = await readyTenant({ className })
  const pods = (amount: string) => ({ quotas: { ...smallClass.quotas, 'tenant-quota': { cpu: '1', pods: amount } } })
  const rules = (verb: string) => [{ apiGroups: [''], resources: ['pods'], verbs: [verb] }]
  const cases: Array<[kind: string, name: string, ofClass: object, byHand: object, what: RegExp]> = [
    ['ResourceQuota', 'tenant-quota', pods('11'), { spec: { hard: { pods: '9999' } } }, /spec\.hard\.pods/],
    ['ResourceQuota', 'tenant-objects', pods('12'), { spec: { hard: { configmaps: '9999' } } }, /spec\.hard\.configmaps/],
    ['Role', 'tenant-viewer', { roles: { ...smallClass.roles, viewer: { rules: rules('list') } } }, { rules: rules('delete') }, /rules/]
  ]
  for (const [kind, name, ofClass, byHand, what] of cases) {
    const ref = refIn(tenant, kind, name)
    await Promise.all([breakGlass().patch(ref, byHand), client().patch(classRef(className), { spec: ofClass })])
    await eventually(async () => expect((await client().get(ref)).metadata.annotations?.['k8s-mtp.dev/corrected']).toMatch(what))
    await waitForReady(tenant)
    await eventually(async () => expect((await statusOf(tenant)).corrected?.filter(({ object }) => object === `${kind}/${name}`)).toHaveLength(1))
  }
  expect(await client().get(refIn(tenant, 'ResourceQuota', 'tenant-quota'))).toHaveProperty('spec.hard.pods', '12')
  expect(await client().get(refIn(tenant, 'Role', 'tenant-viewer'))).toHaveProperty('rules.0', rules('list')[0])
  await settled(tenant)
})

test('recreates a RoleBinding that was replaced by one for another Role', async () => {
  const tenant = await tenantWithAdmin()
  const ref = refIn(tenant, 'RoleBinding', 'tenant-viewer')
  const { metadata: { name, labels = {}, ownerReferences = [] }, ...binding } = await client().get(ref)
  await changeTenant(tenant, { paused: true })
  await waitForReason(tenant, 'Paused')
  await breakGlass().delete(ref)
  await breakGlass().create({
    ...binding,
    metadata: { name, namespace: tenant.namespace, labels, ownerReferences },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'tenant-admin' },
    subjects: [{ apiGroup: rbac, kind: 'User', name: 'mallory@evil.example' }]
  })
  await changeTenant(tenant, { paused: null })
  await eventually(async () => expect(await client().get(ref)).toHaveProperty('roleRef.name', 'tenant-viewer'))
  expect(await client().get(ref)).not.toHaveProperty('subjects')
  await waitForReady(tenant)
})

test('leaves a removed or forged record of corrections unchanged, and writes nothing more', async () => {
  const tenant = await tenantWithAdmin()
  const ref = refIn(tenant, 'NetworkPolicy', 'default-deny')
  const record = async () => (await client().get(ref)).metadata.annotations?.['k8s-mtp.dev/corrected']
  await breakGlass().patch(ref, { metadata: { labels: { 'k8s-mtp.dev/class': null } } })
  await eventually(async () => expect(await record()).toMatch(/Z metadata\.labels\.k8s-mtp\.dev\/class$/))
  await waitForReady(tenant)
  for (const value of [null, '2026-01-01T00:00:00Z whatever']) {
    await breakGlass().patch(ref, { metadata: { annotations: { 'k8s-mtp.dev/corrected': value } } })
    await settled(tenant)
    expect(await record()).toBe(value ?? undefined)
    await waitForReady(tenant)
  }
})

// Under server-side apply Metacontroller first removes this annotation by an update of its own, and the API server checks the object as it is.
test.each(halfInQuickRuns(['{}', '{"rules":[]}', '']))('corrects each object whose last-applied annotation was written too: %s', async value => {
  await expectCorrection(await tenantWithAdmin(), [], object => damagesTo(object).map(damage => withLastApplied(damage, value)))
})

test.each([
  { 'k8s-mtp.dev/tenant': 'other' }, { 'k8s-mtp.dev/tenant': null }, { 'app.kubernetes.io/managed-by': 'Helm' },
  { 'k8s-mtp.dev/tenant': 'other', 'app.kubernetes.io/managed-by': null }
])('corrects each object with a last-applied annotation and the labels %j', async labels => {
  const tenant = await readyTenant({ admins: [{ kind: 'User', name: 'ada@acme.example' }], namespaces: [{ name: 'dev' }] })
  const dev = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', name: `${tenant.name}.dev` }
  const further = [await client().get(dev), ...await objectsOf({ namespace: `tenant-${tenant.name}-dev` })]
  await expectCorrection(tenant, further, () => [withLastApplied({ metadata: { labels } }, '{}')])
})

test.each([null, '{}'])('removes a label that the class no longer has from a namespace whose last-applied annotation became %s before', async value => {
  const labels = { 'example.com/one': 'v1', 'example.com/two': 'v2' }
  const className = await createClass({ namespaceMetadata: { labels } })
  const { namespace, name } = await readyTenant({ className })
  const ref = namespaceRef(namespace)
  await breakGlass().patch(ref, { metadata: { labels: { 'other.example.com/tool': 'stays' } } })
  const { pid } = platform().engine
  process.kill(pid, 'SIGSTOP')
  try {
    await breakGlass().patch(ref, { metadata: { annotations: { [lastApplied]: value } } })
    await client().patch(classRef(className), { spec: { namespaceMetadata: { labels: { 'example.com/one': null } } } })
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await eventually(async () => {
    const { metadata } = await client().get(ref)
    expect(metadata.labels).toMatchObject({ 'example.com/two': 'v2', 'other.example.com/tool': 'stays' })
    expect(metadata.labels).not.toHaveProperty(['example.com/one'])
  })
  await waitForReady({ name })
})

test('corrects each field of a TenantNamespace, also those that are not declared', async () => {
  const tenant = await readyTenant({ namespaces: [{ name: 'dev' }] })
  const ref = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', name: `${tenant.name}.dev` }
  const before = await client().get(ref)
  const specs = [
    { className: 'large' }, { paused: true }, { paused: false }, { cordoned: true }, { cordoned: false }, { deletionPolicy: 'Retain' },
    { deletionPolicy: 'Delete' }, { quotas: { 'tenant-quota': { pods: '1' } } }, { labels: { team: 'other' } }, { annotations: { team: 'other' } },
    { subjects: { admin: { 'User//eve': { kind: 'User', name: 'eve' } } } }
  ]
  for (const spec of [...specs, Object.assign({}, ...specs.toReversed()) as object]) {
    await breakGlass().patch(ref, { spec })
    await eventually(async () => expect(declaredPart(await client().get(ref)), JSON.stringify(spec)).toEqual(declaredPart(before)), { timeout: 60_000 })
  }
  await breakGlass().patch(ref, { spec: { quotas: {}, labels: {}, subjects: {} } })
  await waitForReady(tenant)
})

/** @param damages as merge patches, the first that the API server admits */
async function expectCorrection (tenant: TestTenant, further: KubeObject[], damages: (object: KubeObject) => Patch[]): Promise<void> {
  const before = [...await objectsOf(tenant), ...further]
  for (const object of before) await firstAdmitted(damages(object), async patch => breakGlass().patch(refOf(object), patch))
  for (const object of before) {
    await eventually(async () => {
      const found = await client().get(refOf(object))
      expect(declaredPart(found)).toEqual(declaredPart(object))
      if (strategy === 'server-side-apply') expect(found.metadata.annotations ?? {}).not.toHaveProperty([lastApplied])
    }, { timeout: 60_000 })
  }
  await waitForReady(tenant)
}

function withLastApplied (patch: Patch, value: string): Patch {
  return { ...patch, metadata: { ...patch.metadata, annotations: { [lastApplied]: value } } }
}

type Patch = Record<string, unknown> & { metadata?: object }

/** As merge patches. Only cluster admins have the permissions that a Role gets. */
function damagesTo (object: KubeObject): Patch[] {
  if (object.kind === 'Namespace') return [{ metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }]
  if (object.kind === 'Role') return [{ rules: [...object['rules'] as object[], { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }]
  const rows = rowsOf(object, strategy).filter(({ field, damage }) => damage !== 'remove' && !/^(metadata|roleRef)/.test(field))
  return [...rows.flatMap(({ patch }) => patch === undefined ? [] : [patch as Patch]), { metadata: { labels: { 'k8s-mtp.dev/tenant': null } } }]
}

async function firstAdmitted<T> (candidates: T[], write: (candidate: T) => Promise<unknown>): Promise<void> {
  for (const candidate of candidates) {
    try {
      await write(candidate)
      return
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 422) throw error
    }
  }
  throw new Error('the API server refuses each of them')
}

test('corrects a namespace with a corrupt last-applied annotation by the command in the status, and keeps data', async () => {
  const tenant = await tenantWithAdmin()
  await putData(tenant)
  const uids = await uidsOf(tenant)
  const ref = refIn(tenant, 'Namespace', '')
  const before = await client().get(ref)
  await breakGlass().patch(
    ref,
    { metadata: { annotations: { [lastApplied]: '{' }, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }
  )
  if (strategy === 'dynamic-apply') {
    const { message } = await waitForReason(tenant, 'DriftDetected')
    expect(message).toContain(
      `correcting drift in ${tenant.namespace}: Namespace/${tenant.namespace}. If this lasts, have Metacontroller apply them again`
    )
    await runCommands(message)
  }
  await eventually(async () => expect(declaredPart(await client().get(ref))).toEqual(declaredPart(before)))
  await waitForReady(tenant)
  expect(await uidsOf(tenant)).toEqual(uids)
})
