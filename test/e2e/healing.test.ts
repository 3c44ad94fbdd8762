import { expect, test } from 'vitest'
import { breakGlass, client, eventually, platform } from './context.ts'
import { doAsTold } from './kubectl.ts'
import { changeTenant, conditionOf, declaredPart, readyTenant, refIn, statusOf, uidsOf, putData, waitForReady, waitForReason, type TestTenant } from './tenants.ts'

const rbac = 'rbac.authorization.k8s.io'
const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }

interface Damage {
  when: string
  kind: string
  name: string
  patch: object | 'delete'
  /** The object cannot be put right in place, and comes back as another one. */
  madeAnew?: true
}

const damage = (when: string, object: string, patch: Damage['patch']): Damage => {
  const [kind = '', name = ''] = object.split('/')
  return { when, kind, name, patch }
}

const damages = [
  damage('a Role is deleted', 'Role/tenant-operator', 'delete'),
  damage('a RoleBinding is deleted', 'RoleBinding/tenant-admin', 'delete'),
  damage('a ResourceQuota is deleted', 'ResourceQuota/tenant-quota', 'delete'),
  damage('the LimitRange is deleted', 'LimitRange/tenant-limits', 'delete'),
  damage('the NetworkPolicy that denies is deleted', 'NetworkPolicy/default-deny', 'delete'),
  damage('a NetworkPolicy that opens is deleted', 'NetworkPolicy/allow-dns', 'delete'),
  damage('a rule is added to a Role', 'Role/tenant-viewer', { rules: [everything] }),
  damage('the rules of a Role are taken away', 'Role/tenant-admin', { rules: null }),
  damage('a label of ours on a Role is changed', 'Role/tenant-admin', { metadata: { labels: { 'k8s-mtp.dev/class': 'other' } } }),
  damage('a label of ours on a Role is removed', 'Role/tenant-admin', { metadata: { labels: { 'k8s-mtp.dev/tenant': null } } }),
  damage('somebody is bound too', 'RoleBinding/tenant-admin', { subjects: [{ apiGroup: rbac, kind: 'User', name: 'ada@acme.example' }, { apiGroup: rbac, kind: 'Group', name: 'system:authenticated' }] }),
  damage('somebody else is bound', 'RoleBinding/tenant-admin', { subjects: [{ apiGroup: rbac, kind: 'User', name: 'mallory@evil.example' }] }),
  damage('all subjects are removed', 'RoleBinding/tenant-admin', { subjects: null }),
  damage('a label of ours on a RoleBinding is changed', 'RoleBinding/tenant-admin', { metadata: { labels: { 'app.kubernetes.io/managed-by': 'me' } } }),
  damage('a declared value of a quota is raised', 'ResourceQuota/tenant-quota', { spec: { hard: { pods: '9999' } } }),
  damage('a declared value of a quota is removed', 'ResourceQuota/tenant-objects', { spec: { hard: { 'services.loadbalancers': null } } }),
  damage('a label of ours on a quota is removed', 'ResourceQuota/tenant-storage', { metadata: { labels: { 'app.kubernetes.io/managed-by': null } } }),
  damage('a limit is raised', 'LimitRange/tenant-limits', { spec: { limits: [{ type: 'Container', max: { cpu: '64' } }] } }),
  damage('a label of ours on the LimitRange is changed', 'LimitRange/tenant-limits', { metadata: { labels: { 'k8s-mtp.dev/tenant': 'other' } } }),
  damage('egress is opened to the world', 'NetworkPolicy/allow-dns', { spec: { egress: [{}] } }),
  damage('ingress is opened to the world', 'NetworkPolicy/allow-same-namespace', { spec: { ingress: [{}] } }),
  damage('the policy that denies is narrowed to some pods', 'NetworkPolicy/default-deny', { spec: { podSelector: { matchLabels: { app: 'web' } } } }),
  damage('the policy that denies is opened to the world', 'NetworkPolicy/default-deny', { spec: { ingress: [{}] } }),
  damage('a resource is added to a quota', 'ResourceQuota/tenant-quota', { spec: { hard: { 'limits.cpu': '1' } } }),
  damage('a label in our name is added to a quota', 'ResourceQuota/tenant-quota', { metadata: { labels: { 'k8s-mtp.dev/more': 'x' } } }),
  damage('pod security is lowered', 'Namespace', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }),
  damage('the label of pod security is removed', 'Namespace', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': null } } }),
  damage('the version of pod security is changed', 'Namespace', { metadata: { labels: { 'pod-security.kubernetes.io/enforce-version': 'v1.0' } } }),
  damage('a label of ours on the namespace is changed', 'Namespace', { metadata: { labels: { 'k8s-mtp.dev/tenant': 'other' } } }),
  damage('a label of ours on the namespace is removed', 'Namespace', { metadata: { labels: { 'app.kubernetes.io/managed-by': null } } })
]

const { strategy } = platform().engine
const lastApplied = 'metacontroller.k8s.io/last-applied-configuration'

/** What happens only where Metacontroller keeps what it has applied in an annotation. */
const brokenAnnotations: Damage[] = strategy === 'server-side-apply'
  ? []
  : [{ ...damage('what was applied last is made unreadable, and a quota raised', 'ResourceQuota/tenant-quota', { metadata: { annotations: { [lastApplied]: '{' } }, spec: { hard: { pods: '9999' } } }), madeAnew: true }]

test.each([...damages, ...brokenAnnotations])('when $when, $kind $name is as it was before', async ({ when, kind, name, patch, madeAnew }) => {
  const tenant = await healthyTenant()
  const ref = refIn(tenant, kind, name)
  const before = await client().get(ref)

  const start = performance.now()
  const after = patch === 'delete' ? await breakGlass().delete(ref) : await breakGlass().patch(ref, patch)
  if (patch !== 'delete') expect(declaredPart(after)).not.toEqual(declaredPart(before))
  const healed = await eventually(async () => {
    const object = await client().get(ref)
    expect(declaredPart(object)).toEqual(declaredPart(before))
    return object
  }, { interval: 5 })
  console.log(`${when}: healed after ${Math.round(performance.now() - start)} ms`)

  expect(healed.metadata.uid === before.metadata.uid).toBe(patch !== 'delete' && madeAnew === undefined)
  await waitForReady(tenant)
})

async function healthyTenant (): Promise<TestTenant> {
  return readyTenant({ admins: [{ kind: 'User', name: 'ada@acme.example' }] })
}

test('when everything in the namespace is deleted at once, everything comes back and data stays', async () => {
  const tenant = await healthyTenant()
  const data = await putData(tenant)
  const before = (await uidsOf(tenant)).map(line => line.split(' ')[0])
  await Promise.all(damages.filter(({ patch }) => patch === 'delete').map(({ kind, name }) => breakGlass().delete(refIn(tenant, kind, name))))
  await eventually(async () => expect((await uidsOf(tenant)).map(line => line.split(' ')[0])).toEqual(before))
  await waitForReady(tenant)
  expect(await client().get(refIn(tenant, 'ConfigMap', 'data'))).toEqual(expect.objectContaining({ metadata: data.metadata, data: { precious: 'yes' } }))
})

test('labels, annotations and objects of others in the namespace are left alone', async () => {
  const tenant = await healthyTenant()
  const namespace = refIn(tenant, 'Namespace', '')
  await client().patch(namespace, { metadata: { labels: { 'istio-injection': 'enabled' }, annotations: { note: 'ours' } } })
  await client().create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name: 'of-a-helm-chart', namespace: tenant.namespace }, rules: [] })
  await changeTenant(tenant, { viewers: [{ kind: 'User', name: 'eve@audit.example' }] })
  await waitForReady(tenant)
  expect(await client().get(namespace)).toHaveProperty('metadata', expect.objectContaining({
    labels: expect.objectContaining({ 'istio-injection': 'enabled' }),
    annotations: expect.objectContaining({ note: 'ours' })
  }))
  expect(await client().find(refIn(tenant, 'Role', 'of-a-helm-chart'))).toBeDefined()
  expect(await conditionOf(tenant, 'ForeignObjects')).toBeUndefined()
})

test('a binding that was made anew for another role goes, and comes back for its own', async () => {
  const tenant = await healthyTenant()
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

test('a label of ours on a NetworkPolicy comes back, under server-side apply once the policy is deleted as the status says', async () => {
  const tenant = await healthyTenant()
  const ref = refIn(tenant, 'NetworkPolicy', 'default-deny')
  await breakGlass().patch(ref, { metadata: { labels: { 'k8s-mtp.dev/class': 'other' } } })
  if (strategy === 'server-side-apply') {
    // Metacontroller compares generations there, which a label does not change, and so sends nothing.
    const { message } = await waitForReason(tenant, 'DriftFound')
    expect(message).toBe(`being put right in ${tenant.namespace}: NetworkPolicy/default-deny. What is still listed after a minute can be deleted by hand: it is made anew`)
    expect((await statusOf(tenant)).namespaces).toEqual([{ name: tenant.namespace, phase: 'Active', ready: false, objects: '13/14', drifted: ['NetworkPolicy/default-deny'] }])
    await breakGlass().delete(ref)
  }
  await eventually(async () => expect((await client().get(ref)).metadata.labels).toMatchObject({ 'k8s-mtp.dev/class': 'default' }))
  await waitForReady(tenant)
})

test('a namespace whose note of what was applied is unreadable is healed with the command of the status, its data untouched', async () => {
  const tenant = await healthyTenant()
  await putData(tenant)
  const uids = await uidsOf(tenant)
  const ref = refIn(tenant, 'Namespace', '')
  const before = await client().get(ref)
  await breakGlass().patch(ref, { metadata: { annotations: { [lastApplied]: '{' }, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } })
  if (strategy === 'dynamic-apply') {
    const { message } = await waitForReason(tenant, 'DriftFound')
    expect(message).toContain(`being put right in ${tenant.namespace}: Namespace/${tenant.namespace}`)
    await doAsTold(message)
  }
  await eventually(async () => expect(declaredPart(await client().get(ref))).toEqual(declaredPart(before)))
  await waitForReady(tenant)
  expect(await uidsOf(tenant)).toEqual(uids)
})
