import { describe, expect, test } from 'vitest'
import { classManifest, classRef, createClass, smallClass } from './classes.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import {
  changeTenant, conditionOf, createTenant, declaredPart, objectsOf, putData, readyTenant, refIn, statusOf, uidsOf,
  uniqueName, waitForReady, waitForReason, type TestTenant
} from './tenants.ts'

const admins = [{ kind: 'User', name: 'ada@acme.example' }, { kind: 'User', name: 'bob@acme.example' }]

interface Hold {
  cause: string
  /** Merged into the spec of a valid Tenant. */
  spec: object | (() => Promise<object>)
  phase: 'Blocked' | 'Paused'
  reason: string
  /** Without the address of its page. */
  message: string | RegExp
}

const withClass = (spec: object) => async () => ({ className: await createClass(spec) })
const overrideAdvice = (path: string) =>
  `Change or remove the override, or ask the platform team to change spec.overrides.quotas.${path} of the class`

const holds: Hold[] = [
  {
    cause: 'a class that does not exist',
    spec: { className: 'unheard-of' },
    phase: 'Blocked',
    reason: 'ClassNotFound',
    message: /^TenantClass unheard-of does not exist \(existing: .*default.*\)\. Create it, or correct spec\.className$/
  },
  {
    cause: 'a class with a quota for an unknown resource',
    spec: withClass({ quotas: { ...smallClass.quotas, 'tenant-quota': { widgets: '1' } } }),
    phase: 'Blocked',
    reason: 'ClassInvalid',
    message: /^TenantClass class-\w+: spec\.quotas\.tenant-quota\.widgets: is not a resource of quotas\. Use one of cpu, /
  },
  {
    cause: 'a class with an invalid quantity',
    spec: withClass({ quotas: { ...smallClass.quotas, 'tenant-quota': { cpu: 'plenty' } } }),
    phase: 'Blocked',
    reason: 'ClassInvalid',
    message: /^TenantClass class-\w+: spec\.quotas\.tenant-quota\.cpu: "plenty" is not a quantity. Write it like 500m, 2 or 1Gi$/
  },
  {
    cause: 'a class with a default above the maximum',
    spec: withClass({ limits: [{ type: 'Container', max: { cpu: '1' }, default: { cpu: '2' } }] }),
    phase: 'Blocked',
    reason: 'ClassInvalid',
    message: /: spec\.limits\[0\]\.default\.cpu: 2 exceeds max\.cpu 1\. Lower it, or raise max\.cpu$/
  },
  {
    cause: 'a class with two limits of one type',
    spec: withClass({ limits: [{ type: 'Pod', max: { cpu: '1' } }, { type: 'Pod', max: { memory: '1Gi' } }] }),
    phase: 'Blocked',
    reason: 'ClassInvalid',
    message: /^TenantClass class-\w+: spec\.limits\[1\]\.type: repeats the type Pod\. Merge the two items$/
  },
  {
    cause: 'a class that bounds a resource without a quota',
    spec: withClass({ overrides: { quotas: { 'tenant-quota': { memory: { max: '1Gi' } } } } }),
    phase: 'Blocked',
    reason: 'ClassInvalid',
    message: new RegExp(': spec\\.overrides\\.quotas\\.tenant-quota\\.memory: bounds a resource that quota tenant-quota does not have\\. ' +
      'Add memory under spec\\.quotas\\.tenant-quota, or remove the bound$')
  },
  {
    cause: 'an override above its maximum',
    spec: { quotas: { 'tenant-quota': { pods: 101 } } },
    phase: 'Blocked',
    reason: 'OverrideNotAllowed',
    message: `spec.quotas.tenant-quota.pods: 101 exceeds the maximum 100 of TenantClass default. ${overrideAdvice('tenant-quota.pods')}`
  },
  {
    cause: 'an override that the class does not allow',
    spec: { quotas: { 'tenant-objects': { 'services.loadbalancers': 1 } } },
    phase: 'Blocked',
    reason: 'OverrideNotAllowed',
    message: 'spec.quotas.tenant-objects.services.loadbalancers: cannot be overridden under TenantClass default. ' +
      overrideAdvice('tenant-objects.services.loadbalancers')
  },
  {
    cause: 'an override of a quota that does not exist',
    spec: { quotas: { 'my-quota': { pods: 1 } } },
    phase: 'Blocked',
    reason: 'OverrideNotAllowed',
    message: `spec.quotas.my-quota.pods: cannot be overridden under TenantClass default. ${overrideAdvice('my-quota.pods')}`
  },
  {
    cause: 'a role that the class does not have',
    spec: { roles: { 'release-manager': admins } },
    phase: 'Blocked',
    reason: 'SpecInvalid',
    message: 'spec.roles.release-manager: TenantClass default has no role release-manager under spec.additionalRoles (none). ' +
      'Remove or correct the role, or ask the platform team to add it to the class'
  },
  {
    cause: 'an override with an invalid quantity',
    spec: { quotas: { 'tenant-quota': { cpu: 'plenty' } } },
    phase: 'Blocked',
    reason: 'SpecInvalid',
    message: 'spec.quotas.tenant-quota.cpu: "plenty" is not a quantity. Write it like 500m, 2 or 1Gi'
  },
  {
    cause: 'spec.paused',
    spec: { paused: true },
    phase: 'Paused',
    reason: 'Paused',
    message: 'reconciliation is paused (spec.paused: true); drift is not corrected. Set it to false to resume'
  }
]

const specOnHold = async ({ spec }: Hold): Promise<object> => typeof spec === 'function' ? spec() : spec

describe('on hold', () => {
  test.each(holds)('a new Tenant gets no objects and reports the cause: $cause', async hold => {
    const tenant = await createTenant(await specOnHold(hold))
    const { message } = await waitForReason(tenant, hold.reason)
    const page = `. See https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/reference/reasons.md#${hold.reason.toLowerCase()}`
    expect(message.endsWith(page), message).toBe(true)
    const text = message.slice(0, -page.length)
    if (typeof hold.message === 'string') expect(text).toBe(hold.message)
    else expect(text).toMatch(hold.message)
    expect(await client().find(refIn(tenant, 'Namespace', ''))).toBeUndefined()
    expect(await statusOf(tenant)).toMatchObject({
      phase: hold.phase, namespaces: [{ name: tenant.namespace, phase: 'Pending', ready: false }]
    })
  })

  test.each(holds)('a ready Tenant keeps its objects, revokes access, grants none, and recovers: $cause', async hold => {
    const tenant = await readyTenant({ admins })
    await putData(tenant)
    const before = await objectsOf(tenant)
    const uids = await uidsOf(tenant)

    await changeTenant(tenant, await specOnHold(hold))
    await waitForReason(tenant, hold.reason)
    const stalled = await conditionOf(tenant, 'Stalled')
    expect(stalled?.reason).toBe(hold.phase === 'Blocked' ? hold.reason : undefined)
    expect(await conditionOf(tenant, 'Reconciling')).toBeUndefined()
    await expectDriftToStay(tenant)
    expect(await uidsOf(tenant)).toEqual(uids)

    // Bob is removed and loses access at once; Eve is added and gets none.
    await changeTenant(tenant, { admins: [admins[0], { kind: 'User', name: 'eve@acme.example' }] })
    await eventually(async () => expect(await mayListPods(tenant, 'bob@acme.example')).toBe(false))
    expect(await mayListPods(tenant, 'ada@acme.example')).toBe(true)
    expect(await mayListPods(tenant, 'eve@acme.example')).toBe(false)

    await changeTenant(tenant, { admins, className: 'default', quotas: null, paused: null, roles: null })
    await waitForReady(tenant)
    expect((await objectsOf(tenant)).map(declaredPart)).toEqual(before.map(declaredPart))
    expect(await uidsOf(tenant)).toEqual(uids)
  })
})

/** Changes a Role by hand, then causes syncs by a change of the Tenant that is reverted. */
async function expectDriftToStay (tenant: TestTenant): Promise<void> {
  const role = refIn(tenant, 'Role', 'tenant-viewer')
  await breakGlass().patch(role, { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] })
  const { spec } = await client().get(tenant.ref)
  await changeTenant(tenant, { viewers: [{ kind: 'User', name: 'zoe@acme.example' }] })
  await eventually(async () => statusOf(tenant))
  expect(await client().get(role)).toHaveProperty('rules', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }])
  await changeTenant(tenant, { viewers: null })
  await eventually(async () => statusOf(tenant))
  expect((await client().get(tenant.ref)).spec).toEqual(spec)
}

const mayListPods = async ({ namespace }: TestTenant, user: string) =>
  as(user).list({ apiVersion: 'v1', kind: 'Pod' }, { namespace }).then(() => true, () => false)

describe('TenantClass', () => {
  test('its creation lets Tenants continue', async () => {
    const name = uniqueName('class')
    const tenant = await createTenant({ className: name })
    await waitForReason(tenant, 'ClassNotFound')
    await createClass({}, name)
    await waitForReady(tenant)
    expect(await client().get(refIn(tenant, 'ResourceQuota', 'tenant-quota'))).toHaveProperty('spec.hard', { cpu: '1', pods: '10' })
  })

  test('its changes are rolled out to its Tenants', async () => {
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
          ingress: [{
            from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
            ports: [{ port: 8080, protocol: 'TCP' }]
          }],
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

  test('a quota that it lowers below the use is reported until the use is below the quota', async () => {
    const name = await createClass()
    const tenant = await readyTenant({ className: name })
    const ref = (index: number) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: `data-${index}`, namespace: tenant.namespace })
    for (const index of [1, 2, 3]) {
      const { name, namespace } = ref(index)
      await client().create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } })
    }
    await waitForReady(tenant)
    expect(await conditionOf(tenant, 'QuotaExceeded')).toBeUndefined()

    // The root CA of the cluster is the fourth ConfigMap.
    await client().patch(classRef(name), { spec: { quotas: { 'tenant-objects': { configmaps: '2' } } } })
    await eventually(async () => expect(await conditionOf(tenant, 'QuotaExceeded')).toMatchObject({
      status: 'True',
      reason: 'QuotaExceeded',
      message: expect.stringContaining('configmaps of tenant-objects (used 4, hard 2)') as string
    }))
    await waitForReady(tenant)
    for (const index of [1, 2]) await client().delete(ref(index))
    await eventually(async () => expect(await conditionOf(tenant, 'QuotaExceeded')).toBeUndefined())
    await waitForReady(tenant)
  })

  test('its deletion deletes nothing of a Tenant; a class recreated with the same name applies', async () => {
    const name = await createClass()
    const tenant = await readyTenant({ className: name })
    await putData(tenant)
    const uids = await uidsOf(tenant)
    await client().delete(classRef(name))
    const { message } = await waitForReason(tenant, 'ClassNotFound')
    expect(message).toContain(`TenantClass ${name} does not exist`)
    expect(await uidsOf(tenant)).toEqual(uids)

    const quota = refIn(tenant, 'ResourceQuota', 'tenant-quota')
    await breakGlass().patch(quota, { spec: { hard: { pods: '9999' } } })
    await client().create(classManifest(name, { quotas: { ...smallClass.quotas, 'tenant-quota': { pods: '11' } } }))
    await eventually(async () => expect(await client().get(quota)).toHaveProperty('spec.hard', { pods: '11' }))
    await waitForReady(tenant)
    expect(await uidsOf(tenant)).toEqual(uids)
  })

  test('a Tenant that changes its class loses objects of the old class, and no data', async () => {
    const rich = await createClass({
      quotas: { ...smallClass.quotas, 'tenant-more': { secrets: '5' } },
      network: { policies: [{ name: 'allow-ingress', ingress: [{ peers: [{ namespace: 'ingress-nginx' }] }] }] }
    })
    const poor = await createClass()
    const tenant = await readyTenant({ className: rich })
    await putData(tenant)
    const uids = await uidsOf(tenant)
    await changeTenant(tenant, { className: poor })
    await eventually(async () =>
      expect((await uidsOf(tenant)).filter(uid => /^(ResourceQuota\/tenant-more|NetworkPolicy\/allow-ingress) /.test(uid))).toEqual([]))
    await waitForReady(tenant)
    expect(await uidsOf(tenant)).toEqual(uids.filter(uid => !/tenant-more|allow-ingress/.test(uid)))
    for (const object of await objectsOf(tenant)) expect(object.metadata.labels).toHaveProperty(['k8s-mtp.dev/class'], poor)
  })
})
