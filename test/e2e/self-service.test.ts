import type { PolicyRule, RoleRef, Subject } from 'kubernetes-types/rbac/v1.js'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { KubeClient } from '../cluster/client.ts'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { standardClass } from '../support/objects.ts'
import { classManifest, classRef } from './classes.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { dryRun, editorBinding, rbac } from './guardrails/world.ts'
import { refIn, remove, removeTenant, tenantManifest, tenantRef, uniqueName, waitForReady } from './tenants.ts'

const run = uniqueName('self')
const names = { on: `${run}-on`, off: `${run}-off`, changing: `${run}-changing` }
type Name = keyof typeof names
const namespaceOf = (name: Name) => `tenant-${names[name]}-shop`
const namespace = namespaceOf('on')

const user = (name: string): Subject => ({ apiGroup: rbac, kind: 'User', name: `${name}@${run}.example` })
const group = (name: string): Subject => ({ apiGroup: rbac, kind: 'Group', name })
const account = (name = 'deployer', inNamespace = namespace): Subject => ({ kind: 'ServiceAccount', name, namespace: inNamespace })
const asAccount = (name = 'deployer', inNamespace = namespace) =>
  as(`system:serviceaccount:${inNamespace}:${name}`, ['system:serviceaccounts', `system:serviceaccounts:${inNamespace}`])

const [admin, operator, viewer] = ['admin', 'operator', 'viewer'].map(name => as(`${name}@${run}.example`)) as [KubeClient, KubeClient, KubeClient]
const author = as(`author@${run}.example`, ['system:masters'])
/** All may write Roles and RoleBindings, by a role of the class or of the cluster. */
const writers: Record<string, KubeClient> = {
  'the admin': admin,
  'a cluster administrator': client(),
  'a user with the ClusterRole admin': as(`cluster-admin@${run}.example`),
  'a controller with all permissions': as('system:serviceaccount:operators:controller', ['system:serviceaccounts', 'system:masters'])
}

const readPods: PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }
const role = (rules: PolicyRule[], name = 'some', inNamespace = namespace, metadata: object = {}): KubeObject =>
  ({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name, namespace: inNamespace, ...metadata }, rules })
const toRole = (name = 'reader'): RoleRef => ({ apiGroup: rbac, kind: 'Role', name })
const toClusterRole = (name: string): RoleRef => ({ apiGroup: rbac, kind: 'ClusterRole', name })
const binding = (subjects: Subject[], roleRef = toRole(), name = 'some', inNamespace = namespace, metadata: object = {}): KubeObject =>
  ({ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: { name, namespace: inNamespace, ...metadata }, roleRef, subjects })
const limitRange: KubeObject = {
  apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'some', namespace }, spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] }
}
const serviceAccount = (name = 'deployer', inNamespace = namespace): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: inNamespace } })
const lease = (name = 'leader'): KubeObject =>
  ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec: { holderIdentity: 'x' } })

type Way = (who: KubeClient, object: KubeObject) => Promise<unknown>
const waysToCreate: Record<string, Way> = {
  create: (who, object) => who.create(object, dryRun),
  generateName: (who, object) => who.create({ ...object, metadata: { ...object.metadata, name: undefined, generateName: 'some-' } } as unknown as KubeObject, dryRun),
  apply: (who, object) => who.apply(object, { ...dryRun, fieldManager: 'test' })
}
const content = ({ apiVersion: _, kind: __, metadata: ___, ...rest }: KubeObject): object => rest
const waysToChange: Record<string, Way> = {
  'a merge patch': (who, object) => who.patch(refOf(object), content(object), dryRun),
  'a strategic merge patch': (who, object) => who.patch(refOf(object), content(object), { ...dryRun, type: 'strategic' }),
  'a JSON patch': (who, object) => who.patch(refOf(object), Object.entries(content(object))
    .map(([field, value]) => ({ op: 'add', path: `/${field}`, value: value as unknown })), { ...dryRun, type: 'json' }),
  'a server-side apply': (who, object) => who.apply(object, { ...dryRun, fieldManager: 'test', force: true }),
  'an update': (who, object) => who.update(object, dryRun)
}

/** Creates an object for one test. */
async function existing (object: KubeObject, who = breakGlass()): Promise<ObjectRef> {
  const ref = refOf(await who.create(object))
  onTestFinished(() => remove(ref))
  return ref
}

async function expectRefusals (ways: Record<string, Way>, who: Record<string, KubeClient>, object: KubeObject, message: RegExp | string): Promise<void> {
  for (const [name, person] of Object.entries(who)) {
    for (const [way, write] of Object.entries(ways)) await expect(write(person, object), `${name}, by ${way}`).rejects.toThrow(message)
  }
}

const canList = async (who: KubeClient, kind: string, inNamespace = namespace) =>
  await who.list({ apiVersion: 'v1', kind }, { namespace: inNamespace }).then(() => true, () => false)

const clusterRole = { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', name: `${run}-reader` }
const clusterBindings = ['admin', 'edit'].map((role): KubeObject => ({
  ...editorBinding(`${run}-${role}`, { kind: 'User', name: `cluster-${role}@${run}.example` }), roleRef: toClusterRole(role)
}))

async function create (name: Name): Promise<void> {
  const className = names[name]
  const { spec } = standardClass(spec => {
    spec.allowedAuthors = [{ kind: 'User', name: `author@${run}.example` }]
    if (name !== 'off') return
    spec.selfService.permissions = false
    spec.roles.operator.rules.push({ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'create', 'update', 'patch', 'delete'] })
  })
  await client().create(classManifest(className, spec))
  const member = (name: string) => ({ kind: 'User', name: `${name}@${run}.example` })
  await client().create(tenantManifest(className, {
    className, admins: [member('admin'), member('leaving')], operators: [member('operator')], viewers: [member('viewer')]
  }))
  await waitForReady({ name: className })
  await breakGlass().create(role([readPods], 'reader', namespaceOf(name)))
}

beforeAll(async () => {
  await Promise.all(Object.keys(names).map(async name => await create(name as Name)))
  const { name, ...kind } = clusterRole
  await client().create({ ...kind, metadata: { name }, rules: [readPods] })
  for (const object of clusterBindings) await client().create(object)
  await eventually(async () => {
    for (const name of ['on', 'changing'] as const) await admin.create(binding([account('x', namespaceOf(name))], toRole(), 'some', namespaceOf(name)), dryRun)
    for (const person of Object.values(writers)) await person.create(binding([account()]), dryRun)
    await expect(admin.create(binding([user('bob')]), dryRun)).rejects.toThrow('does not allow subjects')
  })
}, 120_000)
afterAll(async () => {
  for (const name of Object.values(names)) {
    await removeTenant(name)
    await remove(classRef(name))
  }
  for (const ref of [clusterRole, ...clusterBindings.map(refOf)]) await remove(ref)
})

describe('the admin', () => {
  test('grants permissions to a ServiceAccount', async () => {
    const rules = [readPods, { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] }]
    const objects = [serviceAccount(), role(rules, 'leading'), binding([account()], toRole('leading'), 'leading'), lease()]
    for (const object of objects) await existing(object, admin)
    await eventually(async () => expect(await canList(asAccount(), 'Pod')).toBe(true))
    await asAccount().update({ ...await asAccount().get(refOf(lease())), spec: { holderIdentity: 'deployer' } })
    await asAccount().create(lease('other'), dryRun)
    expect(await canList(asAccount(), 'Secret')).toBe(false)
    expect(await canList(asAccount('other'), 'Pod')).toBe(false)
    expect(await canList(asAccount(), 'Pod', namespaceOf('off'))).toBe(false)

    await admin.patch(refOf(role([], 'leading')), { rules: [readPods] })
    await eventually(async () => { await expect(asAccount().create(lease('other'), dryRun)).rejects.toMatchObject({ code: 403 }) })
    for (const object of objects.slice(0, 3)) await admin.delete(refOf(object))
    await eventually(async () => expect(await canList(asAccount(), 'Pod')).toBe(false))
  })

  test('writes both kinds, in each way', async () => {
    for (const object of [role([readPods]), binding([account(), account('other')])]) {
      for (const [way, write] of Object.entries(waysToCreate)) await expect(write(admin, object), way).resolves.toBeDefined()
    }
    for (const object of [role([readPods], 'changed'), binding([account()], toRole(), 'changed')]) {
      await existing({ ...object, ...(object.kind === 'Role' ? { rules: [] } : { subjects: [] }) })
      for (const [way, write] of Object.entries(waysToChange)) await expect(write(admin, object), way).resolves.toBeDefined()
    }
  })

  test('can bind a ServiceAccount to a Role of the Tenant, which follows the TenantClass', async () => {
    await existing(binding([account('root')], toRole('tenant-admin'), 'root'), admin)
    await eventually(async () => expect(await canList(asAccount('root'), 'Secret')).toBe(true))
    await expect(asAccount('root').create(binding([account()]), dryRun)).resolves.toBeDefined()
    await expectRefusals(waysToCreate, { root: asAccount('root') }, binding([user('bob')]), 'does not allow subjects')
    await expectRefusals(waysToCreate, { root: asAccount('root') }, binding([account()], toClusterRole(clusterRole.name)), 'does not allow RoleBindings to ClusterRoles')
    await expect(asAccount('root').patch(refIn({ namespace }, 'RoleBinding', 'tenant-admin'), { subjects: [user('bob')] }, dryRun)).rejects.toThrow('is managed by k8s-mtp')
  })

  test.each<[string, PolicyRule]>([
    ['all permissions', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    ['all verbs on pods', { apiGroups: [''], resources: ['pods'], verbs: ['*'] }],
    ['all resources of a group', { apiGroups: ['apps'], resources: ['*'], verbs: ['get'] }],
    ['tokens', { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] }],
    ['impersonation', { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] }],
    ['bind', { apiGroups: [rbac], resources: ['roles'], verbs: ['bind'] }],
    ['escalate', { apiGroups: [rbac], resources: ['roles'], verbs: ['escalate'] }],
    ['writing quotas', { apiGroups: [''], resources: ['resourcequotas'], verbs: ['update'] }],
    ['writing WorkloadPolicies', { apiGroups: ['k8s-mtp.dev'], resources: ['workloadpolicies'], verbs: ['patch'] }],
    ['reading all WorkloadPolicies', { apiGroups: ['k8s-mtp.dev'], resources: ['workloadpolicies'], verbs: ['get'] }],
    ['changing the namespace', { apiGroups: [''], resources: ['namespaces'], resourceNames: [namespace], verbs: ['patch'] }],
    ['choosing nodes', { apiGroups: [''], resources: ['pods/binding'], verbs: ['create'] }],
    ['a kind of another project', { apiGroups: ['kustomize.toolkit.fluxcd.io'], resources: ['kustomizations'], verbs: ['create'] }]
  ])('cannot grant %s, which the class does not grant', async (_, rule) => {
    const message = 'attempting to grant RBAC permissions not currently held'
    await expectRefusals(waysToCreate, { admin }, role([readPods, rule]), message)
    await existing(role([readPods], 'changed'))
    await expectRefusals(waysToChange, { admin }, role([readPods, rule], 'changed'), message)
    await existing(role([rule], 'stronger'))
    await eventually(async () => expectRefusals(waysToCreate, { admin }, binding([account()], toRole('stronger')), message))
  })

  test('cannot bind a Role before it exists', async () => {
    await expectRefusals(waysToCreate, { admin }, binding([account()], toRole('missing')), /not found/)
  })
})

const otherSubjects: Array<[string, Subject[], string]> = [
  ['a user', [user('bob')], `User bob@${run}.example`],
  ['the admin', [user('admin')], `User admin@${run}.example`],
  ['a group', [group('leads')], 'Group leads'],
  ['the group of the ServiceAccounts of the namespace', [group(`system:serviceaccounts:${namespace}`)], `Group system:serviceaccounts:${namespace}`],
  ['all authenticated users', [group('system:authenticated')], 'Group system:authenticated'],
  ['a user with the name of a ServiceAccount', [{ ...user(''), name: `system:serviceaccount:${namespace}:x` }], `User system:serviceaccount:${namespace}:x`],
  ['a ServiceAccount of another Tenant', [account('deployer', namespaceOf('off'))], 'ServiceAccount deployer'],
  ['a ServiceAccount of an unmanaged namespace', [account('deployer', 'kube-system')], 'ServiceAccount deployer'],
  ['a user after a ServiceAccount', [account(), user('bob')], `User bob@${run}.example`]
]

describe('a RoleBinding', () => {
  test.each(otherSubjects)('names not %s', async (_, subjects, named) => {
    const message = `does not allow subjects other than ServiceAccounts of the namespace: rolebindings ${namespace}/`
    await expectRefusals(waysToCreate, writers, binding(subjects), message)
    await expect(admin.create(binding(subjects), dryRun)).rejects.toThrow(
      `names ${named}. Add people to Tenant ${names.on}, or set kind to ServiceAccount and namespace to ${namespace}; in an emergency,`)
    await existing(binding([account()], toRole(), 'changed'))
    await expectRefusals(waysToChange, writers, binding(subjects, toRole(), 'changed'), message)
  })

  test.each(['view', 'admin', 'cluster-admin', clusterRole.name])('does not refer to the ClusterRole %s', async name => {
    const object = binding([account()], toClusterRole(name))
    // What the admin does not have, RBAC refuses first.
    await expectRefusals(waysToCreate, writers, object, /does not allow RoleBindings to ClusterRoles|attempting to grant RBAC permissions/)
    await expectRefusals(waysToCreate, { client: client() }, object, `TenantClass ${names.on} does not allow RoleBindings to ClusterRoles`)
    await expectRefusals(waysToCreate, { client: client() }, binding([], toClusterRole(name)), 'does not allow RoleBindings to ClusterRoles')
    if (name === clusterRole.name) await expectRefusals(waysToCreate, { admin }, object, 'does not allow RoleBindings to ClusterRoles')
  })

  test('of an allowed author is not widened, and may lose subjects, get labels and be deleted', async () => {
    const ref = await existing(binding([user('bob')], toRole(), 'theirs'), author)
    const message = `names User bob@${run}.example`
    await expectRefusals(waysToChange, writers, binding([user('bob'), account()], toRole(), 'theirs'), message)
    await expectRefusals(waysToChange, writers, binding([user('bob'), user('eve')], toRole(), 'theirs'), message)
    for (const [name, person] of Object.entries(writers)) {
      await expect(person.patch(ref, { metadata: { labels: { team: 'x' }, annotations: { note: 'x' } } }, dryRun), name).resolves.toBeDefined()
      await expect(person.patch(ref, { subjects: [account()] }, dryRun), name).resolves.toBeDefined()
      await expect(person.patch(ref, { subjects: null }, dryRun), name).resolves.toBeDefined()
      await expect(person.delete(ref, { dryRun: ['All'] }), name).resolves.toBeDefined()
    }
  })

  // The API server cannot look up which bindings name a Role: docs/security.md.
  test('of an allowed author follows its Role, which the admin may change', async () => {
    await existing(role([readPods], 'shared'), author)
    await existing(binding([user('bob')], toRole('shared'), 'theirs'), author)
    await admin.patch(refOf(role([], 'shared')), { rules: [readPods, { apiGroups: [''], resources: ['secrets'], verbs: ['list'] }] })
    await eventually(async () => expect(await canList(as(`bob@${run}.example`), 'Secret')).toBe(true))
  })

  test('names up to 100 ServiceAccounts', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => account(`a${index}`))
    await expect(client().create(binding(many(100)), dryRun)).resolves.toBeDefined()
    await expect(client().create(binding([...many(99), user('bob')]), dryRun)).rejects.toThrow('names User bob')
    await expect(client().create(binding(many(15_000)), dryRun)).rejects.toThrow('may have 100 subjects. Use several')
  })

  test.each(['roles', 'rolebindings'])('stays when all %s are deleted', async resource => {
    await expect(admin.request('DELETE', `/apis/${rbac}/v1/namespaces/${namespace}/${resource}?dryRun=All`)).rejects.toThrow('is managed by k8s-mtp')
  })

  test('is not forged', async () => {
    const { metadata: { uid = '' } } = await client().get(tenantRef(names.on))
    const owner = { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name: names.on, uid }
    const metadata: Array<[object, string]> = [
      [{ name: 'tenant-extra' }, 'is reserved for k8s-mtp'],
      [{ name: undefined, generateName: 'tenant-' }, 'is reserved for k8s-mtp'],
      [{ labels: { 'k8s-mtp.dev/tenant': names.on } }, 'are reserved for k8s-mtp'],
      [{ labels: { 'controller-uid': uid } }, 'are reserved for k8s-mtp'],
      [{ labels: { 'app.kubernetes.io/managed-by': 'k8s-mtp' } }, 'is reserved for k8s-mtp'],
      [{ annotations: { 'k8s-mtp.dev/self-service': 'permissions' } }, 'are reserved for k8s-mtp'],
      [{ ownerReferences: [owner] }, 'are reserved for k8s-mtp']
    ]
    for (const [change, message] of metadata) {
      for (const object of [role([readPods], 'some', namespace, change), binding([account()], toRole(), 'some', namespace, change)]) {
        for (const [name, person] of Object.entries(writers)) await expect(person.create(object, dryRun), `${name}: ${JSON.stringify(change)}`).rejects.toThrow(message)
      }
    }
  })

  test('is not limited by LimitRanges of members', async () => {
    const { 'a user with the ClusterRole admin': _, ...others } = writers
    await expectRefusals(waysToCreate, others, limitRange, /TenantClass \S+ does not allow \S+ to write limitranges/)
  })
})

describe('other members', () => {
  test.each([['operators', operator], ['viewers', viewer]])('%s write neither Roles nor RoleBindings', async (_, person) => {
    for (const object of [role([readPods]), binding([account()])]) {
      await expectRefusals({ create: waysToCreate.create, apply: waysToCreate.apply } as Record<string, Way>, { person }, object, /cannot (create|patch) resource/)
      await existing({ ...object, metadata: { ...object.metadata, name: 'theirs' } })
      const { 'an update': update } = waysToChange
      await expectRefusals({ update } as Record<string, Way>, { person }, { ...object, metadata: { ...object.metadata, name: 'theirs' } }, /cannot update resource/)
    }
  })

  test('operators write ServiceAccounts only where the class says so', async () => {
    await expect(operator.create(serviceAccount('theirs'), dryRun)).rejects.toThrow('cannot create resource "serviceaccounts"')
    await expect(operator.create(lease('theirs'), dryRun)).resolves.toBeDefined()
    const ref = await existing(serviceAccount('theirs', namespaceOf('off')), operator)
    await operator.patch(ref, { metadata: { annotations: { note: 'x' } } })
    await operator.delete(ref)
    await expect(operator.create(role([readPods], 'some', namespaceOf('off')), dryRun)).rejects.toThrow('cannot create resource "roles"')
  })

  test('users with the ClusterRole edit write neither Roles nor RoleBindings', async () => {
    const editor = as(`cluster-edit@${run}.example`)
    await eventually(async () => expect(await canList(editor, 'Secret')).toBe(true))
    for (const object of [role([readPods]), binding([account()])]) await expect(editor.create(object, dryRun)).rejects.toThrow('cannot create resource')
  })

  test('a ServiceAccount grants only what it has, within the same bounds', async () => {
    const writeBindings = { apiGroups: [rbac], resources: ['roles', 'rolebindings'], verbs: ['get', 'create', 'patch'] }
    await existing(role([readPods, writeBindings], 'granting'), admin)
    await existing(binding([account('granter')], toRole('granting'), 'granting'), admin)
    const granter = asAccount('granter')
    await eventually(async () => granter.create(binding([account()]), dryRun))
    await expectRefusals(waysToCreate, { granter }, role([{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]), 'permissions not currently held')
    await expectRefusals(waysToCreate, { granter }, binding([account()], toRole('tenant-admin')), 'permissions not currently held')
    for (const [, subjects] of otherSubjects) await expectRefusals(waysToCreate, { granter }, binding(subjects), 'does not allow subjects')
  })
})

describe('without self-service', () => {
  test('all is refused, with the field of the class that allows it', async () => {
    const inNamespace = namespaceOf('off')
    for (const object of [role([readPods], 'some', inNamespace), binding([account('x', inNamespace)], toRole(), 'some', inNamespace)]) {
      const message = new RegExp(`TenantClass ${names.off} does not allow \\S+ to write ${object.kind.toLowerCase()}s ${inNamespace}/.*set spec\\.selfService of the TenantClass`)
      await expectRefusals(waysToCreate, writers, object, message)
      await existing({ ...object, metadata: { ...object.metadata, name: 'theirs' } })
      const changed = object.kind === 'Role' ? { rules: [] } : { subjects: [account('y', inNamespace)] }
      await expectRefusals(waysToChange, writers, { ...object, metadata: { ...object.metadata, name: 'theirs' }, ...changed }, message)
    }
  })
})

describe('when access changes', () => {
  const inNamespace = namespaceOf('changing')
  const bot = asAccount('bot', inNamespace)
  const follower = asAccount('follower', inNamespace)
  const change = async (spec: object) => client().patch(classRef(names.changing), { spec })
  const attempt = async () => admin.create(binding([account('x', inNamespace)], toRole(), 'some', inNamespace), dryRun)

  test('an admin who is removed loses access, and the ServiceAccounts keep theirs', async () => {
    const leaving = as(`leaving@${run}.example`)
    await existing(binding([account('bot', inNamespace)], toRole(), 'bot', inNamespace), leaving)
    await eventually(async () => expect(await canList(bot, 'Pod', inNamespace)).toBe(true))
    expect(await canList(leaving, 'Pod', inNamespace)).toBe(true)
    const before = (await client().get(tenantRef(names.changing)))['spec'] as { admins: object[] }
    onTestFinished(async () => { await client().patch(tenantRef(names.changing), { spec: { admins: before.admins } }) })
    await client().patch(tenantRef(names.changing), { spec: { admins: before.admins.slice(0, 1) } })
    await eventually(async () => expect(await canList(leaving, 'Pod', inNamespace)).toBe(false))
    await expect(leaving.create(binding([user('leaving')], toRole(), 'back', inNamespace), dryRun)).rejects.toThrow('cannot create resource')
    expect(await canList(bot, 'Pod', inNamespace)).toBe(true)
  })

  test('a class that no longer allows it refuses new ones, and existing ones stay', async () => {
    const ref = await existing(binding([account('bot', inNamespace)], toRole(), 'bot', inNamespace), admin)
    await eventually(async () => expect(await canList(bot, 'Pod', inNamespace)).toBe(true))
    onTestFinished(async () => {
      await change({ selfService: { permissions: true } })
      await eventually(attempt)
    })
    await change({ selfService: { permissions: false } })
    await eventually(async () => { await expect(attempt()).rejects.toThrow('set spec.selfService of the TenantClass') })
    await expect(admin.patch(ref, { subjects: [account('x', inNamespace)] }, dryRun)).rejects.toThrow('set spec.selfService of the TenantClass')
    expect(await canList(bot, 'Pod', inNamespace)).toBe(true)
    await admin.delete(ref)
    await eventually(async () => expect(await canList(bot, 'Pod', inNamespace)).toBe(false))
  })

  test('Roles of the Tenant follow a class that grants less, and other Roles stay', async () => {
    const readSecrets = { apiGroups: [''], resources: ['secrets'], verbs: ['list'] }
    await existing(role([readSecrets], 'copy', inNamespace), admin)
    await existing(binding([account('bot', inNamespace)], toRole('copy'), 'copy', inNamespace), admin)
    await existing(binding([account('follower', inNamespace)], toRole('tenant-admin'), 'follower', inNamespace), admin)
    await eventually(async () => { for (const who of [bot, follower]) expect(await canList(who, 'Secret', inNamespace)).toBe(true) })
    const { spec: { roles } } = standardClass()
    onTestFinished(async () => { await change({ roles }) })
    const rules = roles.admin.rules.map(rule => ({ ...rule, resources: rule.resources.filter(name => name !== 'secrets') }))
    await change({ roles: { admin: { rules } } })
    await eventually(async () => expect(await canList(follower, 'Secret', inNamespace)).toBe(false))
    expect(await canList(bot, 'Secret', inNamespace)).toBe(true)
    await expect(admin.create(role([readSecrets], 'more', inNamespace), dryRun)).rejects.toThrow('permissions not currently held')
  })
})
