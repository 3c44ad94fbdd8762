import { describe, expect, test } from 'vitest'
import { classManifest, classRef, createClass, smallClass } from './classes.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { changeTenant, conditionOf, createTenant, declaredPart, objectsOf, putData, readyTenant, refIn, statusOf, uidsOf, uniqueName, waitForReady, waitForReason, type TestTenant } from './tenants.ts'

const admins = [{ kind: 'User', name: 'ada@acme.example' }, { kind: 'User', name: 'bob@acme.example' }]

interface Hold {
  when: string
  /** What is put into the spec of a Tenant that is fine. */
  spec: object | (() => Promise<object>)
  phase: 'Blocked' | 'Paused'
  reason: string
  message: string | RegExp
}

const withClass = (spec: object) => async () => ({ className: await createClass(spec) })

const holds: Hold[] = [
  { when: 'its class is unknown', spec: { className: 'unheard-of' }, phase: 'Blocked', reason: 'ClassNotFound', message: /^there is no TenantClass unheard-of \(there are: .*default.*\): create it, or correct spec.className$/ },
  { when: 'its class has a quota for a resource that Kubernetes never counts', spec: withClass({ quotas: { ...smallClass.quotas, 'tenant-quota': { widgets: '1' } } }), phase: 'Blocked', reason: 'ClassInvalid', message: /^TenantClass class-\w+: spec.quotas.tenant-quota.widgets: is not a resource that quotas know: use one of cpu, / },
  { when: 'its class has an amount that is none', spec: withClass({ quotas: { ...smallClass.quotas, 'tenant-quota': { cpu: 'plenty' } } }), phase: 'Blocked', reason: 'ClassInvalid', message: /spec.quotas.tenant-quota.cpu: "plenty" is not a quantity. Write it like 500m, 2 or 1Gi$/ },
  { when: 'its class has a default above the maximum', spec: withClass({ limits: [{ type: 'Container', max: { cpu: '1' }, default: { cpu: '2' } }] }), phase: 'Blocked', reason: 'ClassInvalid', message: /spec.limits\[0\].default.cpu: 2 exceeds max.cpu 1. Lower it, or raise max.cpu$/ },
  { when: 'its class has two items of limits of one type', spec: withClass({ limits: [{ type: 'Pod', max: { cpu: '1' } }, { type: 'Pod', max: { memory: '1Gi' } }] }), phase: 'Blocked', reason: 'ClassInvalid', message: /spec.limits\[1\].type: is Pod a second time: put all of that type into one item$/ },
  { when: 'its class bounds what it does not have', spec: withClass({ overrides: { quotas: { 'tenant-quota': { memory: { max: '1Gi' } } } } }), phase: 'Blocked', reason: 'ClassInvalid', message: /spec.overrides.quotas.tenant-quota.memory: the class has no memory in its quota tenant-quota: add it under spec.quotas, or remove the bound$/ },
  { when: 'an override is past its bound', spec: { quotas: { 'tenant-quota': { pods: 101 } } }, phase: 'Blocked', reason: 'OverrideNotAllowed', message: /^spec.quotas.tenant-quota.pods: 101 is more than 100, the most that is allowed by TenantClass default: change or remove the override, or have the platform team change / },
  { when: 'an override is not open', spec: { quotas: { 'tenant-objects': { 'services.loadbalancers': 1 } } }, phase: 'Blocked', reason: 'OverrideNotAllowed', message: /^spec.quotas.tenant-objects.services.loadbalancers: is not open to overrides by TenantClass default: / },
  { when: 'an override is for a quota that is not there', spec: { quotas: { 'my-quota': { pods: 1 } } }, phase: 'Blocked', reason: 'OverrideNotAllowed', message: /^spec.quotas.my-quota.pods: is not open to overrides/ },
  { when: 'an override is no amount', spec: { quotas: { 'tenant-quota': { cpu: 'plenty' } } }, phase: 'Blocked', reason: 'SpecInvalid', message: /^spec.quotas.tenant-quota.cpu: "plenty" is not a quantity. Write it like 500m, 2 or 1Gi$/ },
  { when: 'it is paused', spec: { paused: true }, phase: 'Paused', reason: 'Paused', message: 'spec.paused is true: nothing is created, changed or deleted, and drift stays. Remove spec.paused to go on' }
]

const heldSpec = async ({ spec }: Hold): Promise<object> => typeof spec === 'function' ? spec() : spec

describe('a hold', () => {
  test.each(holds)('when $when: a new Tenant gets nothing, and is told why', async hold => {
    const tenant = await createTenant(await heldSpec(hold))
    const { message } = await waitForReason(tenant, hold.reason)
    expect(message).toMatch(hold.message)
    expect(await client().find(refIn(tenant, 'Namespace', ''))).toBeUndefined()
    expect(await statusOf(tenant)).toMatchObject({ phase: hold.phase, namespaces: [{ name: tenant.namespace, phase: 'Pending', ready: false }] })
  })

  test.each(holds)('when $when: nothing is lost and drift stays, rights shrink and do not grow, and then all is well again', async hold => {
    const tenant = await readyTenant({ admins })
    await putData(tenant)
    const before = await objectsOf(tenant)
    const uids = await uidsOf(tenant)

    await changeTenant(tenant, await heldSpec(hold))
    await waitForReason(tenant, hold.reason)
    const stalled = await conditionOf(tenant, 'Stalled')
    expect(stalled?.reason).toBe(hold.phase === 'Blocked' ? hold.reason : undefined)
    expect(await conditionOf(tenant, 'Reconciling')).toBeUndefined()
    await expectDriftToStay(tenant)
    expect(await uidsOf(tenant)).toEqual(uids)

    // Bob is taken off the list and Eve is put on it: the one is out at once, the other is not in.
    await changeTenant(tenant, { admins: [admins[0], { kind: 'User', name: 'eve@acme.example' }] })
    await eventually(async () => expect(await mayListPods(tenant, 'bob@acme.example')).toBe(false))
    expect(await mayListPods(tenant, 'ada@acme.example')).toBe(true)
    expect(await mayListPods(tenant, 'eve@acme.example')).toBe(false)

    await changeTenant(tenant, { admins, className: 'default', quotas: null, paused: null })
    await waitForReady(tenant)
    expect((await objectsOf(tenant)).map(declaredPart)).toEqual(before.map(declaredPart))
    expect(await uidsOf(tenant)).toEqual(uids)
  })
})

/** A Role is opened by hand; a change of the Tenant that asks for nothing makes the engine look at it. */
async function expectDriftToStay (tenant: TestTenant): Promise<void> {
  const role = refIn(tenant, 'Role', 'tenant-viewer')
  await breakGlass().patch(role, { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] })
  const { spec } = await client().get(tenant.ref)
  await changeTenant(tenant, { viewers: [{ kind: 'User', name: 'nobody@acme.example' }] })
  await eventually(async () => statusOf(tenant))
  expect(await client().get(role)).toHaveProperty('rules', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }])
  await changeTenant(tenant, { viewers: null })
  await eventually(async () => statusOf(tenant))
  expect((await client().get(tenant.ref)).spec).toEqual(spec)
}

const mayListPods = async ({ namespace }: TestTenant, user: string) =>
  as(user).list({ apiVersion: 'v1', kind: 'Pod' }, { namespace }).then(() => true, () => false)

describe('a class', () => {
  test('that comes to be lets its Tenants go on', async () => {
    const name = uniqueName('class')
    const tenant = await createTenant({ className: name })
    await waitForReason(tenant, 'ClassNotFound')
    await createClass({}, name)
    await waitForReady(tenant)
    expect(await client().get(refIn(tenant, 'ResourceQuota', 'tenant-quota'))).toHaveProperty('spec.hard', { cpu: '1', pods: '10' })
  })

  test('that changes reaches its Tenants', async () => {
    const name = await createClass()
    const tenants = [await readyTenant({ className: name }), await readyTenant({ className: name })]
    const other = await readyTenant()
    const more = { name: 'allow-ingress', ingress: [{ peers: [{ namespace: 'ingress-nginx' }], ports: [{ port: 8080 }] }] }
    await client().patch(classRef(name), {
      spec: {
        quotas: { 'tenant-quota': { pods: '12' }, 'tenant-more': { secrets: '5' } },
        podSecurity: { enforce: 'baseline' },
        network: { policies: [more] },
        namespaceMetadata: { labels: { 'cost-center': 'a1' }, annotations: { owner: 'team a' } }
      }
    })
    for (const tenant of tenants) {
      await eventually(async () => {
        expect(await client().get(refIn(tenant, 'ResourceQuota', 'tenant-quota'))).toHaveProperty('spec.hard', { cpu: '1', pods: '12' })
        expect(await client().get(refIn(tenant, 'ResourceQuota', 'tenant-more'))).toHaveProperty('spec.hard', { secrets: '5' })
        expect(await client().get(refIn(tenant, 'NetworkPolicy', 'allow-ingress'))).toHaveProperty('spec', {
          podSelector: {},
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }], ports: [{ port: 8080, protocol: 'TCP' }] }],
          policyTypes: ['Ingress']
        })
        expect(await client().get(refIn(tenant, 'Namespace', ''))).toHaveProperty('metadata', expect.objectContaining({
          labels: expect.objectContaining({ 'cost-center': 'a1', 'pod-security.kubernetes.io/enforce': 'baseline' }),
          annotations: expect.objectContaining({ owner: 'team a' })
        }))
      })
      await waitForReady(tenant)
    }
    expect(await client().find(refIn(other, 'NetworkPolicy', 'allow-ingress'))).toBeUndefined()
  })

  test('that is deleted takes nothing with it; made anew, it is in force again', async () => {
    const name = await createClass()
    const tenant = await readyTenant({ className: name })
    await putData(tenant)
    const uids = await uidsOf(tenant)
    await client().delete(classRef(name))
    const { message } = await waitForReason(tenant, 'ClassNotFound')
    expect(message).toContain(`there is no TenantClass ${name}`)
    expect(await uidsOf(tenant)).toEqual(uids)

    const quota = refIn(tenant, 'ResourceQuota', 'tenant-quota')
    await breakGlass().patch(quota, { spec: { hard: { pods: '9999' } } })
    await client().create(classManifest(name, { quotas: { ...smallClass.quotas, 'tenant-quota': { pods: '11' } } }))
    await eventually(async () => expect(await client().get(quota)).toHaveProperty('spec.hard', { pods: '11' }))
    await waitForReady(tenant)
    expect(await uidsOf(tenant)).toEqual(uids)
  })

  test('that a Tenant changes to takes away what only the one before had, and no data', async () => {
    const rich = await createClass({
      quotas: { ...smallClass.quotas, 'tenant-more': { secrets: '5' } },
      network: { policies: [{ name: 'allow-ingress', ingress: [{ peers: [{ namespace: 'ingress-nginx' }] }] }] }
    })
    const poor = await createClass()
    const tenant = await readyTenant({ className: rich })
    await putData(tenant)
    const uids = await uidsOf(tenant)
    await changeTenant(tenant, { className: poor })
    await eventually(async () => expect((await uidsOf(tenant)).filter(uid => /^(ResourceQuota\/tenant-more|NetworkPolicy\/allow-ingress) /.test(uid))).toEqual([]))
    await waitForReady(tenant)
    expect(await uidsOf(tenant)).toEqual(uids.filter(uid => !/tenant-more|allow-ingress/.test(uid)))
    for (const object of await objectsOf(tenant)) expect(object.metadata.labels).toHaveProperty(['k8s-mtp.dev/class'], poor)
  })
})
