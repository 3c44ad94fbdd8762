import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { refOf } from '../cluster/kube-object.ts'
import { requestToken } from '../cluster/token.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { pod } from './guarded-tenant.ts'
import { dryRun, rbac, tokenSecret } from './guardrails/world.ts'
import { remove, removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

const name = uniqueName('token')
const namespace = `tenant-${name}-shop`
const editor = `editor@${name}.example`
const clusterBinding = { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', name }

const people = {
  'an admin of the Tenant': as(`admin@${name}.example`),
  'an operator of the Tenant': as(`operator@${name}.example`),
  'a user with the ClusterRole edit': as(editor),
  'a cluster administrator': client(),
  'a controller with all permissions': as('system:serviceaccount:operators:controller', ['system:masters', 'system:serviceaccounts'])
}

beforeAll(async () => {
  await client().create(tenantManifest(name, {
    admins: [{ kind: 'User', name: `admin@${name}.example` }, { kind: 'ServiceAccount', name: 'listed', namespace }],
    operators: [{ kind: 'User', name: `operator@${name}.example` }]
  }))
  const { name: bindingName, ...kind } = clusterBinding
  await client().create({
    ...kind,
    metadata: { name: bindingName },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'edit' },
    subjects: [{ apiGroup: rbac, kind: 'User', name: editor }]
  })
  await waitForReady({ name })
  await client().create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'listed', namespace } })
  await eventually(async () => { for (const person of Object.values(people)) await person.create({ ...tokenSecret(namespace), type: 'Opaque' }, dryRun) })
  await eventually(async () => { await expect(client().create(tokenSecret(namespace), dryRun)).rejects.toThrow('would get a token that never expires') })
}, 60_000)

afterAll(async () => {
  await removeTenant(name)
  await remove(clusterBinding)
})

const denied = (message: string) => ({ code: 403, message: expect.stringContaining(message) as string })

test.each(Object.entries(people))('%s gets no token of a ServiceAccount that outlives access', async (_, person) => {
  for (const account of ['listed', 'default']) {
    const secret = tokenSecret(namespace, 'loot', account)
    await expect(person.create(secret, dryRun)).rejects.toMatchObject(denied('would get a token that never expires'))
    await expect(person.apply(secret, { ...dryRun, fieldManager: 'test' })).rejects.toMatchObject(denied('would get a token that never expires'))
    const { name: _, ...metadata } = secret.metadata
    await expect(person.create({ ...secret, metadata: { ...metadata, generateName: 'loot-' } as typeof secret.metadata }, dryRun))
      .rejects.toMatchObject(denied('would get a token that never expires'))
    await expect(person.create({ ...secret, type: 'Opaque' }, dryRun)).resolves.toBeDefined()
  }
  await expect(person.create({ ...tokenSecret(namespace), type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'e30=' } }, dryRun))
    .resolves.toBeDefined()
})

test('an existing Secret with a token keeps its ServiceAccount, and gets its token from Kubernetes', async () => {
  const ref = refOf(await breakGlass().create(tokenSecret(namespace, 'before')))
  onTestFinished(() => remove(ref))
  await eventually(async () => expect((await client().get(ref)).data).toHaveProperty('token'))
  const other = { metadata: { annotations: { 'kubernetes.io/service-account.name': 'listed' } }, data: { token: null } }
  for (const [who, person] of Object.entries(people)) {
    const live = await client().get(ref)
    const changed = { ...live, metadata: { ...live.metadata, annotations: { 'kubernetes.io/service-account.name': 'listed' } } }
    for (const attempt of [
      () => person.patch(ref, other, dryRun), () => person.patch(ref, other, { ...dryRun, type: 'strategic' }),
      () => person.update(changed, dryRun), () => person.apply(tokenSecret(namespace, 'before', 'listed'), { ...dryRun, fieldManager: 'test', force: true }),
      () => person.patch(ref, [{ op: 'replace', path: '/metadata/annotations/kubernetes.io~1service-account.name', value: 'listed' }], { ...dryRun, type: 'json' })
    ]) await expect(attempt(), who).rejects.toMatchObject(denied('would get a token of another ServiceAccount'))
    await expect(person.patch(ref, { metadata: { labels: { seen: 'yes' } } }, dryRun), who).resolves.toBeDefined()
    await expect(person.delete(ref, { dryRun: ['All'] }), who).resolves.toBeDefined()
  }
  await expect(breakGlass().patch(ref, other, dryRun)).resolves.toBeDefined()
})

test.each(['a user with the ClusterRole edit', 'a cluster administrator', 'a controller with all permissions'] as const)(
  '%s gets only tokens that expire within a day, or with their pod', async who => {
    const year = { expirationSeconds: 31_536_000 }
    const refusal = denied('a token of ServiceAccount listed may last 86400 seconds')
    await expect(requestToken(people[who], namespace, 'listed', year)).rejects.toMatchObject(refusal)
    await expect(requestToken(people[who], namespace, 'listed', { expirationSeconds: 86_401 })).rejects.toMatchObject(refusal)
    await expect(requestToken(people[who], namespace, 'listed', {})).resolves.toBeDefined()
    await expect(requestToken(people[who], namespace, 'listed', { expirationSeconds: 86_400 })).resolves.toBeDefined()
    await expect(requestToken(people[who], 'default', 'default', year)).resolves.toBeDefined()
    const secret = refOf(await client().create({ ...tokenSecret(namespace, 'anchor'), type: 'Opaque' }))
    const running = refOf(await eventually(() => client().create(pod(namespace, { serviceAccountName: 'listed' }))))
    await expect(requestToken(people[who], namespace, 'listed', { ...year, boundObjectRef: { ...secret, kind: 'Secret' } })).rejects.toMatchObject(refusal)
    await expect(requestToken(people[who], namespace, 'listed', { ...year, boundObjectRef: { ...running, kind: 'Pod' } })).resolves.toBeDefined()
    await client().delete(secret)
    await client().delete(running, { gracePeriodSeconds: 0 })
  }
)

test('other namespaces are not affected', async () => {
  await expect(client().create(tokenSecret('default'), dryRun)).resolves.toBeDefined()
})
