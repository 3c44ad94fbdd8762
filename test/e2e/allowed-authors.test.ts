import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { RoleRule } from '../../src/api/role-rule.ts'
import type { KubeClient } from '../cluster/client.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { defaultClass } from '../support/objects.ts'
import { classManifest, classRef } from './classes.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { dryRun, namespaceRef, rbac } from './guardrails/world.ts'
import { remove, removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

const run = uniqueName('beside')
const [className, tenantName, unmanaged] = [`${run}-class`, run, `${run}-other`]
const namespace = `tenant-${run}-shop`

const serviceAccount = (name: string, inNamespace: string, ...groups: string[]) =>
  as(`system:serviceaccount:${inNamespace}:${name}`, ['system:serviceaccounts', `system:serviceaccounts:${inNamespace}`, ...groups])

/** All have the permission, by a ClusterRole or by the class. */
const refused: Record<string, () => KubeClient> = {
  'a cluster administrator': client,
  'a user with the ClusterRole admin': () => as(`admin@${run}.example`),
  'a controller with all permissions': () => serviceAccount('controller', 'operators', 'system:masters'),
  'a controller with the name of an allowed one': () => serviceAccount('deployer', 'operators', 'system:masters'),
  'a user with the name of an allowed group': () => as('network-team', ['system:masters']),
  'a member of a group with the name of an allowed user': () => as('any', ['system:masters', 'nora@acme.example']),
  'the admin of the Tenant, with a class that grants the permission': () => as(`tenant-admin@${run}.example`),
  'an operator of the Tenant, with a class that grants the permission': () => as(`tenant-operator@${run}.example`)
}
const allowed: Record<string, () => KubeClient> = {
  'an allowed ServiceAccount': () => serviceAccount('deployer', 'argocd', 'system:masters'),
  'an allowed user': () => as('nora@acme.example', ['system:masters']),
  'a member of an allowed group': () => as('any', ['system:masters', 'network-team']),
  'a member of break-glass': breakGlass
}

const contents: Record<string, { apiVersion: string, content: object, wider: object }> = {
  NetworkPolicy: {
    apiVersion: 'networking.k8s.io/v1',
    content: { spec: { podSelector: {}, policyTypes: ['Ingress'] } },
    wider: { spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] } }
  },
  LimitRange: {
    apiVersion: 'v1',
    content: { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } },
    wider: { spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] } }
  },
  Role: {
    apiVersion: `${rbac}/v1`,
    content: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    wider: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }] }
  },
  RoleBinding: {
    apiVersion: `${rbac}/v1`,
    content: { roleRef: { apiGroup: rbac, kind: 'Role', name: 'bound' } },
    wider: {
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'bound' },
      subjects: [{ apiGroup: rbac, kind: 'User', name: 'mallory' }]
    }
  }
}
const kinds = Object.keys(contents)

function made (kind: string, inNamespace = namespace, metadata: object = {}, wider = false): KubeObject {
  const { apiVersion, content, wider: more } = contents[kind] ?? {} as never // a key of the literal above
  return { apiVersion, kind, metadata: { name: 'some', namespace: inNamespace, ...metadata }, ...(wider ? more : content) }
}

const writeBeside: RoleRule[] = [
  { apiGroups: [''], resources: ['limitranges'], verbs: ['get', 'create', 'update', 'patch', 'delete'] },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['get', 'create', 'update', 'patch', 'delete'] },
  { apiGroups: [rbac], resources: ['roles', 'rolebindings'], verbs: ['get', 'create', 'update', 'patch', 'delete'] }
]

const says = (kind: string) => ({
  code: 403,
  message: expect.stringMatching(new RegExp(
    `TenantClass ${className} does not allow .* to write ${kind.toLowerCase().replace(/y$/, 'ie')}s ${namespace}/.*allowedAuthors`
  )) as string
})

/** The ClusterRole admin has no permission to write LimitRanges. */
const clusterRole = { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', name: `${run}-limits` }
const clusterBindings = ['admin', clusterRole.name].map(role => ({ role, ref: { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', name: `${run}-${role}` } }))

beforeAll(async () => {
  const { spec } = defaultClass(spec => {
    spec.roles.admin.rules.push(...writeBeside)
    spec.roles.operator.rules.push(...writeBeside)
    spec.allowedAuthors = [
      { kind: 'ServiceAccount', namespace: 'argocd', name: 'deployer' },
      { kind: 'User', name: 'nora@acme.example' },
      { kind: 'Group', name: 'network-team' }
    ]
  })
  await client().create(classManifest(className, spec))
  await client().create(tenantManifest(tenantName, {
    className,
    admins: [{ kind: 'User', name: `tenant-admin@${run}.example` }],
    operators: [{ kind: 'User', name: `tenant-operator@${run}.example` }]
  }))
  await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: unmanaged } })
  await client().create({ ...clusterRole, metadata: { name: clusterRole.name }, rules: writeBeside.slice(0, 1) })
  for (const { role, ref: { name, ...kind } } of clusterBindings) {
    await client().create({
      ...kind,
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup: rbac, kind: 'User', name: `admin@${run}.example` }]
    })
  }
  await waitForReady({ name: tenantName })
  // One grants only permissions that one has, so all have those of this Role.
  for (const inNamespace of [namespace, unmanaged]) await breakGlass().create(made('Role', inNamespace, { name: 'bound' }))
  // Guardrails and permissions are enforced a moment after they are stored.
  await eventually(async () => { await expect(client().create(made('NetworkPolicy'), dryRun)).rejects.toMatchObject(says('NetworkPolicy')) })
  await eventually(async () => { await as(`admin@${run}.example`).create(made('Role', unmanaged), dryRun) })
}, 90_000)

afterAll(async () => {
  await removeTenant(tenantName)
  for (const ref of [classRef(className), clusterRole, ...clusterBindings.map(({ ref }) => ref), namespaceRef(unmanaged)]) await remove(ref)
})

const forged = { labels: { 'k8s-mtp.dev/tenant': tenantName, 'app.kubernetes.io/managed-by': 'k8s-mtp' } }

describe.each(kinds)('a %s beside those of the Tenant', kind => {
  test.each(Object.keys(refused))('is refused to %s, however it is created', async who => {
    const person = refused[who]?.() ?? client()
    await expect(person.create(made(kind), dryRun)).rejects.toMatchObject(says(kind))
    await expect(person.create(made(kind, namespace, { name: undefined, generateName: 'some-' }), dryRun)).rejects.toMatchObject(says(kind))
    await expect(person.apply(made(kind), { ...dryRun, fieldManager: 'test', force: true })).rejects.toMatchObject(says(kind))
    await expect(person.create(made(kind, namespace, { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' }] }), dryRun))
      .rejects.toMatchObject(says(kind))
    // A name or a label of k8s-mtp makes no difference. Another guardrail may be the first to refuse the label.
    await expect(person.create(made(kind, namespace, { name: 'default-deny-2' }), dryRun)).rejects.toMatchObject(says(kind))
    await expect(person.create(made(kind, namespace, forged), dryRun)).rejects.toMatchObject({ code: 403 })
  })

  test.each(Object.keys(allowed))('may be created by %s', async who => {
    const person = allowed[who]?.() ?? client()
    await expect(person.create(made(kind), dryRun)).resolves.toBeDefined()
    await expect(person.apply(made(kind), { ...dryRun, fieldManager: 'test' })).resolves.toBeDefined()
  })

  test('is created as before in other namespaces', async () => {
    await expect(client().create(made(kind, unmanaged), dryRun)).resolves.toBeDefined()
    await expect(as(`admin@${run}.example`).create(made(kind, unmanaged), dryRun)).resolves.toBeDefined()
  })

  test('keeps its content, unless an allowed author changes it; anyone may change its metadata and delete it', async () => {
    const author = allowed['an allowed ServiceAccount']?.() ?? client()
    const ref = refOf(await author.create(made(kind, namespace, { name: 'existing' })))
    onTestFinished(() => remove(ref))
    const { apiVersion, kind: _, metadata: __, ...wider } = made(kind, namespace, {}, true)
    const ways: Record<string, (who: KubeClient, change: object) => Promise<unknown>> = {
      'a merge patch': (who, change) => who.patch(ref, change, dryRun),
      'a strategic merge patch': (who, change) => who.patch(ref, change, { ...dryRun, type: 'strategic' }),
      'a JSON patch': (who, change) => who.patch(ref, Object.entries(change).map(([field, value]) =>
        ({ op: 'add', path: `/${field}`, value: value as unknown })), { ...dryRun, type: 'json' }),
      'a server-side apply': (who, change) => who.patch(ref, { apiVersion, kind, metadata: { name: ref.name }, ...change }, { ...dryRun, type: 'apply', fieldManager: 'test', force: true }),
      'an update': async (who, change) => who.update({ ...await client().get(ref), ...change }, dryRun)
    }
    for (const [way, change] of Object.entries(ways)) {
      for (const [who, person] of Object.entries(refused)) {
        await expect(change(person(), wider), `${who} by ${way}`).rejects.toMatchObject(says(kind))
      }
      await expect(change(author, wider), `an allowed author by ${way}`).resolves.toBeDefined()
    }
    for (const [who, person] of Object.entries(refused)) {
      await expect(person().patch(ref, { metadata: { labels: { team: 'x' } } }, dryRun), who).resolves.toBeDefined()
      await expect(person().patch(ref, {}, dryRun), who).resolves.toBeDefined()
      await expect(person().delete(ref, { dryRun: ['All'] }), who).resolves.toBeDefined()
    }
  })
})

test('the annotation with the allowed authors follows the class, and is not changed by hand', async () => {
  const ref = namespaceRef(namespace)
  const annotation = 'k8s-mtp.dev/allowed-authors'
  const lines = ['User system:serviceaccount:argocd:deployer', 'User nora@acme.example', 'Group network-team']
  expect((await client().get(ref)).metadata.annotations).toHaveProperty([annotation], lines.join('\n'))
  await expect(client().patch(ref, { metadata: { annotations: { [annotation]: 'Group system:masters' } } }, dryRun))
    .rejects.toMatchObject({ code: 403, message: expect.stringContaining('are reserved for k8s-mtp') as string })
  await breakGlass().patch(ref, { metadata: { annotations: { [annotation]: 'Group system:masters' } } })
  await eventually(async () => expect((await client().get(ref)).metadata.annotations).toHaveProperty([annotation], lines.join('\n')))

  await client().patch(classRef(className), { spec: { allowedAuthors: [{ kind: 'Group', name: 'system:authenticated' }] } })
  await eventually(async () => { await client().create(made('NetworkPolicy'), dryRun) })
  await client().patch(classRef(className), { spec: { allowedAuthors: null } })
  await eventually(async () => { await expect(client().create(made('NetworkPolicy'), dryRun)).rejects.toMatchObject(says('NetworkPolicy')) })
  await eventually(async () => expect((await client().get(ref)).metadata.annotations ?? {}).not.toHaveProperty([annotation]))
  await waitForReady({ name: tenantName })
})

test('nothing is admitted before the other objects of the Tenant exist, except by break-glass', async () => {
  const bare = `tenant-${run}-bare`
  onTestFinished(() => remove(namespaceRef(bare)))
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: bare, labels: { 'k8s-mtp.dev/tenant': 'bare' } } })
  for (const kind of kinds) {
    // Another guardrail refuses all NetworkPolicies without a WorkloadPolicy, and may be the first.
    await expect(client().create(made(kind, bare), dryRun)).rejects.toThrow(kind === 'NetworkPolicy' ? /allowedAuthors|no params found/ : 'allowedAuthors')
    if (kind !== 'NetworkPolicy') await expect(breakGlass().create(made(kind, bare), dryRun)).resolves.toBeDefined()
  }
})

test('the cost of the check is bounded, with the most and longest authors, and a user of many groups', async () => {
  const bare = `tenant-${run}-long`
  onTestFinished(() => remove(namespaceRef(bare)))
  const lines = Array.from({ length: 32 }, (_, index) => `Group ${'g'.repeat(250)}${100 + index}`)
  await breakGlass().create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: bare, labels: { 'k8s-mtp.dev/tenant': 'long' }, annotations: { 'k8s-mtp.dev/allowed-authors': lines.join('\n') } }
  })
  const groups = Array.from({ length: 150 }, (_, index) => `${'g'.repeat(250)}${1000 + index}`)
  const last = lines.at(-1)?.slice('Group '.length) ?? ''
  const large = made('Role', bare, {}, true)
  await expect(as('many', ['system:masters', ...groups]).create(large, dryRun)).rejects.toMatchObject({ code: 403, message: expect.stringContaining('allowedAuthors') as string })
  await expect(as('many', ['system:masters', ...groups, last]).create(large, dryRun)).resolves.toBeDefined()
})

test('large objects are compared within the cost limit', async () => {
  const ports = Array.from({ length: 12_000 }, (_, index) => ({ port: 1 + index, protocol: 'TCP' }))
  const spec = { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports }] }
  const ref = refOf(await breakGlass().create({ ...made('NetworkPolicy', namespace, { name: 'large' }), spec }))
  onTestFinished(() => remove(ref))
  await expect(client().patch(ref, { metadata: { labels: { team: 'x' } } }, dryRun)).resolves.toBeDefined()
  await expect(client().patch(ref, { spec: { ingress: [{ ports: ports.slice(1) }] } }, dryRun)).rejects.toMatchObject(says('NetworkPolicy'))
})
