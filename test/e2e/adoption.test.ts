import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { k8sMtp } from './cli.ts'
import { breakGlass, client, eventually } from './context.ts'
import { settled } from './engine-writes.ts'
import { changeTenant, createTenant, objectsOf, putData, readyTenant, refIn, remove, removeTenant, tenantManifest, tenantRef, uidsOf, uniqueName, waitForReady, waitForReason } from './tenants.ts'

const namespaceRef = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name })
const ada = { kind: 'User', name: 'ada@acme.example' }
const readPods = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]

/** Creates an unmanaged namespace with data, and with objects under names that a Tenant uses and others. */
async function unmanagedNamespace (name: string): Promise<void> {
  onTestFinished(() => remove(namespaceRef(name)))
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { team: 'others' } } })
  await putData({ namespace: name })
  const rbac = 'rbac.authorization.k8s.io'
  const put = async (apiVersion: string, kind: string, object: string, content: object) => await client().create({ apiVersion, kind, metadata: { name: object, namespace: name }, ...content })
  await put(`${rbac}/v1`, 'Role', 'tenant-admin', { rules: readPods })
  await put(`${rbac}/v1`, 'RoleBinding', 'tenant-admin', { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'edit' }, subjects: [{ apiGroup: rbac, kind: 'User', name: 'mallory' }] })
  await put(`${rbac}/v1`, 'RoleBinding', 'theirs', { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' }, subjects: [{ apiGroup: rbac, kind: 'User', name: 'bob' }] })
  await put('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', { spec: { podSelector: {}, ingress: [{}], policyTypes: ['Ingress'] } })
}

/** The versions of all objects, to prove that none was written. */
async function versionsOf (namespace: string): Promise<string[]> {
  return (await objectsOf({ namespace })).map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.resourceVersion}`).sort()
}

async function conflictingTenant (spec: object = {}) {
  const name = uniqueName()
  await unmanagedNamespace(`tenant-${name}-shop`)
  const tenant = await createTenant({ admins: [ada], ...spec }, name)
  return { tenant, name, namespace: tenant.namespace }
}

describe('adopt', () => {
  test('prints the changes and makes none; with --yes makes them and keeps all data', async () => {
    const { tenant, name, namespace } = await conflictingTenant()
    await waitForReason(tenant, 'NamespaceConflict')
    const [versions, uids] = [await versionsOf(namespace), await uidsOf(tenant)]

    const dry = await k8sMtp(['adopt', name, namespace])
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    expect(dry.stdout).toContain(`Labels to set: controller-uid=${tenant.uid}, on the namespace last:`)
    expect(dry.stdout).toContain('~ Role/tenant-admin  unmanaged until now; its content is replaced')
    expect(dry.stdout).toContain('~ NetworkPolicy/default-deny  unmanaged until now; its content is replaced')
    expect(dry.stdout).toContain('~ RoleBinding/tenant-admin  unmanaged until now; its content is replaced; deleted and recreated')
    expect(dry.stdout).toMatch(/\+ User ada@acme\.example +Role\/tenant-admin/)
    expect(dry.stdout).toMatch(/- User mallory +ClusterRole\/edit/)
    expect(dry.stdout).toContain('RoleBinding/theirs  is unmanaged and keeps granting access')
    expect(dry.stdout).toContain(`Nothing was changed. To make these changes: k8s-mtp adopt ${name} ${namespace} --yes`)
    expect(await versionsOf(namespace)).toEqual(versions)
    const machine = await k8sMtp(['adopt', name, namespace, '-o', 'json'])
    expect(JSON.parse(machine.stdout)).toMatchObject({ tenant: name, namespace, obstacles: [], done: false, labels: expect.arrayContaining([{ apiVersion: 'v1', kind: 'Namespace', name: namespace }]) })
    expect(await versionsOf(namespace)).toEqual(versions)

    const done = await k8sMtp(['adopt', name, namespace, '--yes'])
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toContain(`From now on, deleting Tenant ${name} deletes the namespace with its data.`)
    await waitForReady(tenant)
    const kept = uids.filter(line => !line.startsWith('RoleBinding/tenant-admin '))
    expect(await uidsOf(tenant)).toEqual(expect.arrayContaining(kept))
    expect(await client().get(refIn(tenant, 'ConfigMap', 'data'))).toHaveProperty('data', { precious: 'yes' })
    expect((await client().get(namespaceRef(namespace))).metadata.labels).toMatchObject({ team: 'others', 'k8s-mtp.dev/tenant': name })
    expect(await client().get(refIn(tenant, 'NetworkPolicy', 'default-deny'))).toHaveProperty('spec', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
    expect(await client().get(refIn(tenant, 'RoleBinding', 'tenant-admin'))).toMatchObject({ roleRef: { kind: 'Role', name: 'tenant-admin' }, subjects: [ada] })
    const again = await k8sMtp(['adopt', name, namespace, '--yes'])
    expect(again).toMatchObject({ code: 0, stderr: '' })
  })

  test('deletes objects of an earlier Tenant that this one does not declare', async () => {
    const twins = [{ kind: 'User', name: 'sam' }, { kind: 'Group', name: 'sam' }]
    const tenant = await readyTenant({ admins: twins })
    await putData(tenant)
    await settled(tenant)
    await client().delete(tenant.ref, { propagationPolicy: 'Orphan' })
    await eventually(async () => expect(await client().find(tenant.ref)).toBeUndefined())
    await client().create(tenantManifest(tenant.name, { admins: [ada] }))
    await waitForReason(tenant, 'NamespaceConflict')
    const { code, stdout } = await k8sMtp(['adopt', tenant.name, tenant.namespace, '--yes'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/- RoleBinding\/tenant-admin-\w+ {2}of an earlier Tenant, and not declared by this one/)
    const bindings = (await objectsOf(tenant)).filter(({ kind }) => kind === 'RoleBinding').map(({ metadata }) => metadata.name)
    expect(bindings).toEqual(['tenant-admin', 'tenant-operator', 'tenant-viewer'])
    expect(await client().get(refIn(tenant, 'ConfigMap', 'data'))).toHaveProperty('data', { precious: 'yes' })
  })

  test('refuses before it sets any label, with advice', async () => {
    const { tenant, name, namespace } = await conflictingTenant()
    await waitForReason(tenant, 'NamespaceConflict')
    const versions = await versionsOf(namespace)
    const other = uniqueName('other')
    await unmanagedNamespace(other)
    const refused = async (args: string[], message: string, identity?: string[]) => {
      const { code, stdout, stderr } = await k8sMtp([...args, '--yes'], identity)
      expect(stdout + stderr).toContain(message)
      // What was not found, or cannot be used, is no result.
      expect(code, message).toBe(/^(the Tenant is on hold|namespace )/.test(message) ? 1 : 2)
    }
    await refused(['adopt', 'nobody', namespace], 'Tenant nobody does not exist. Create it first, or use one of: ')
    await refused(['adopt', name, other], `namespace ${other} is not Tenant ${name}'s. By the rule tenant-<metadata.name>-<spec.name> that is ${namespace}`)
    await refused(['adopt', name], 'the Tenant or its namespace is missing. Name both, or use --all')
    await refused(['adopt', name, namespace, '--timeout', 'soon'], '--timeout is not a duration of at most 24h: soon. Write it like 90s, 2m or 1h30m.')
    await refused(['adopt', name, namespace, '--context', 'nowhere'], 'the kubeconfig has no context nowhere. Use one of: k8s-mtp.')
    await refused(['adopt', name, namespace], 'needs a cluster admin in a break-glass group, because guardrails protect the objects of Tenants. For example: --as="$USER"', ['--as', 'eve'])
    await changeTenant(tenant, { className: 'no-such-class' })
    await refused(['adopt', name, namespace], 'the Tenant is on hold: TenantClass no-such-class does not exist')
    await changeTenant(tenant, { className: 'default', paused: true })
    await refused(['adopt', name, namespace], 'the Tenant is on hold: reconciliation is paused')
    await changeTenant(tenant, { paused: null })
    expect(await versionsOf(namespace)).toEqual(versions)

    const [head = '', tail = ''] = name.split('-')
    const second = await createTenant({ name: `${tail}-shop` }, head)
    expect((await k8sMtp(['adopt', name, namespace, '--yes'])).code).toBe(0)
    await waitForReason(second, 'NamespaceConflict')
    await refused(['adopt', head, namespace], `namespace ${namespace} belongs to Tenant/${name}. To move it, run k8s-mtp move ${namespace} --to ${head}`)

    await breakGlass().patch(namespaceRef(namespace), { metadata: { finalizers: ['k8s-mtp.dev/test'] } })
    await breakGlass().delete(namespaceRef(namespace))
    await refused(['adopt', name, namespace], `namespace ${namespace} is being deleted and cannot be kept`)
    await refused(['release', name, namespace], `namespace ${namespace} is being deleted and cannot be kept`)
    await breakGlass().patch(namespaceRef(namespace), { metadata: { finalizers: null } })
  })

  test('--all adopts restored namespaces and reports why it skips the others', async () => {
    const tenants = await Promise.all([1, 2, 3, 4].map(async () => {
      const tenant = await readyTenant({ admins: [ada] })
      await putData(tenant)
      await settled(tenant)
      return tenant
    }))
    const uids = await Promise.all(tenants.map(uidsOf))
    for (const { ref } of tenants) await client().delete(ref, { propagationPolicy: 'Orphan' })
    await eventually(async () => { for (const { ref } of tenants) expect(await client().find(ref)).toBeUndefined() })
    const [gone, ...restored] = tenants
    for (const { name } of restored) await client().create(tenantManifest(name, { admins: [ada] }))
    onTestFinished(async () => { if (gone !== undefined) await remove(namespaceRef(gone.namespace)) })
    await Promise.all(restored.map(async tenant => await waitForReason(tenant, 'NamespaceConflict')))
    // One failure must not stop the others.
    const [broken, ...well] = restored
    if (broken !== undefined) await changeTenant(broken, { paused: true })

    const dry = await k8sMtp(['adopt', '--all'])
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    for (const { name, namespace } of restored) expect(dry.stdout).toMatch(new RegExp(`${namespace} +Tenant ${name}`))
    expect(dry.stdout).toContain(`its Tenant ${gone?.name} does not exist: create it again, or release the namespace: k8s-mtp release ${gone?.name} ${gone?.namespace}`)
    const done = await k8sMtp(['adopt', '--all', '--yes'])
    expect(done.code).toBe(1)
    expect(done.stdout).toContain(`✗ ${broken?.namespace}  the Tenant is on hold: reconciliation is paused`)
    expect(done.stderr).toMatch(/^error: 1 of \d+ namespaces could not be adopted/)
    await Promise.all(well.map(async tenant => await waitForReady(tenant)))
    expect(await Promise.all(tenants.map(uidsOf))).toEqual(uids)
    if (broken !== undefined) await changeTenant(broken, { paused: null })
    expect(await k8sMtp(['adopt', '--all', '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await Promise.all(restored.map(async tenant => await waitForReady(tenant)))
    expect(await Promise.all(tenants.map(uidsOf))).toEqual(uids)
  })
})

/** The labels and annotations of k8s-mtp and Metacontroller on an object. */
function marksOf ({ metadata }: KubeObject): string[] {
  return [...Object.keys(metadata.labels ?? {}), ...Object.keys(metadata.annotations ?? {})].filter(key => /^(k8s-mtp\.dev|metacontroller\.k8s\.io)\/|^controller-uid$|managed-by$/.test(key))
}

describe('release', () => {
  test('prints the changes and makes none; a released namespace can be adopted again', async () => {
    const tenant = await readyTenant({ admins: [ada], viewers: [{ kind: 'User', name: 'eve', expiresAt: '2099-12-24T18:00:00Z' }, { kind: 'User', name: 'bob', expiresAt: '2001-01-01T00:00:00Z' }] })
    await putData(tenant)
    await settled(tenant)
    const [versions, uids] = [await versionsOf(tenant.namespace), await uidsOf(tenant)]
    const dry = await k8sMtp(['release', tenant.name, tenant.namespace])
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    expect(dry.stdout).toContain(`Nothing was changed. To make these changes: k8s-mtp release ${tenant.name} ${tenant.namespace} --yes`)
    expect(dry.stdout).toContain('Access that no longer expires, until you remove it from its RoleBinding:\n  viewer User eve (2099-12-24T18:00:00Z)\n\n')
    expect(await versionsOf(tenant.namespace)).toEqual(versions)
    expect(await k8sMtp(['release', tenant.name, tenant.namespace, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    expect(await uidsOf(tenant)).toEqual(uids)
    expect((await k8sMtp(['release', tenant.name, tenant.namespace, '--yes'])).stdout).toContain('Nothing to do: namespace')
    expect(await k8sMtp(['adopt', tenant.name, tenant.namespace, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await waitForReady(tenant)
    expect(await uidsOf(tenant)).toEqual(uids)
  })

  test('keeps many namespaces under concurrent writes, and after their Tenants are deleted', { timeout: 180_000 }, async () => {
    const tenants = await Promise.all(Array.from({ length: 8 }, async () => await readyTenant({ admins: [ada] }, uniqueName('load'))))
    for (const { namespace } of tenants) onTestFinished(() => remove(namespaceRef(namespace)))
    await Promise.all(tenants.map(putData))
    const uids = await Promise.all(tenants.map(uidsOf))
    const writing = keepWriting(tenants)
    const results = await Promise.all(tenants.map(async ({ name, namespace }) => await k8sMtp(['release', name, namespace, '--yes'])))
    await writing.stop()
    expect(results.filter(({ code }) => code !== 0)).toEqual([])
    expect(await Promise.all(tenants.map(uidsOf))).toEqual(uids)
    const objects = (await Promise.all(tenants.map(objectsOf))).flat()
    expect(objects.flatMap(marksOf)).toEqual([])
    expect(objects.filter(({ metadata }) => metadata.ownerReferences !== undefined)).toEqual([])

    await Promise.all(tenants.map(async ({ name }) => await removeTenant(name)))
    await eventually(async () => { for (const { name } of tenants) expect(await client().find(tenantRef(name))).toBeUndefined() })
    await sleep(3_000)
    expect(await Promise.all(tenants.map(uidsOf))).toEqual(uids)
    const namespaces = (await Promise.all(tenants.map(objectsOf))).flat()
    expect(namespaces.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([])
  })
})

/** Keeps changing labels, data and Tenants: each change makes the engine reconcile the Tenant. */
function keepWriting (tenants: Array<{ name: string, namespace: string }>): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  const loops = tenants.map(async ({ namespace, name }) => {
    for (let round = 0; !stopping.signal.aborted; round++) {
      await client().patch(namespaceRef(namespace), { metadata: { labels: { round: String(round) } } })
      await client().create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `round-${round}`, namespace } }).catch(() => undefined)
      await client().patch(tenantRef(name), { metadata: { annotations: { round: String(round) } } })
      await sleep(200)
    }
  })
  return { stop: async () => { stopping.abort(); await Promise.all(loops) } }
}
