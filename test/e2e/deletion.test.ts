import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isNotFound } from '../cluster/api-error.ts'
import { breakGlass, client, eventually } from './context.ts'
import { refusalOf } from './guardrails/refusal.ts'
import { namespaceRef, ownerReference, people, tryDelete } from './guardrails/world.ts'
import {
  changeTenant, createTenant, objectsOf, putData, readyTenant, refIn, remove, uidsOf, uniqueName, waitForReady,
  type TestTenant
} from './tenants.ts'

/** Creates a pod with a finalizer, which terminates only after the test removes it. */
async function terminatingPod (tenant: TestTenant): Promise<{ release: () => Promise<unknown> }> {
  const ref = refIn(tenant, 'Pod', 'terminating')
  await client().create({
    ...ref,
    metadata: { name: ref.name, namespace: tenant.namespace, finalizers: ['example.com/test'] },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{
        name: 'main',
        image: 'registry.example.com/app:1',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
      }]
    }
  })
  return { release: async () => client().patch(ref, { metadata: { finalizers: null } }) }
}

const policies = async (tenant: TestTenant): Promise<string[]> =>
  (await objectsOf(tenant)).filter(({ kind }) => kind === 'NetworkPolicy').map(({ metadata }) => metadata.name)

describe('a terminating namespace', () => {
  test('stays isolated until its last pod is gone, and the engine deletes nothing in it', async () => {
    const tenant = await readyTenant()
    const { release } = await terminatingPod(tenant)
    const before = await policies(tenant)
    expect(before).toContain('default-deny')
    const role = refIn(tenant, 'Role', 'tenant-viewer')
    await tryDelete(people['the engine'](), role)

    await client().delete(tenant.ref)
    await eventually(async () => expect((await client().get(namespaceRef(tenant.namespace))).metadata).toHaveProperty('deletionTimestamp'))
    // Garbage collection is complete when it has deleted the RoleBindings; the namespace controller starts after five seconds.
    await eventually(async () => expect((await objectsOf(tenant)).map(({ kind }) => kind)).not.toContain('RoleBinding'))
    await sleep(7_000)
    expect(await policies(tenant)).toEqual(before)
    expect(await refusalOf('engine', async () => tryDelete(people['the engine'](), refIn(tenant, 'NetworkPolicy', 'allow-dns'))))
      .toMatch(/Metacontroller may not delete an object that is not of a Tenant, or whose namespace is terminating/)

    await release()
    await eventually(async () => expect(await client().find(namespaceRef(tenant.namespace))).toBeUndefined(), { timeout: 60_000 })
  })
})

describe('a Tenant with the deletionPolicy Retain', () => {
  test('leaves its namespace with its data and isolation, even during concurrent writes', async () => {
    const tenants = await Promise.all(
      Array.from(
        { length: 12 },
        async () => createTenant({ deletionPolicy: 'Retain', admins: [{ kind: 'User', name: 'ada@acme.example' }] })
      )
    )
    await Promise.all(tenants.map(tenant => waitForReady(tenant)))
    onTestFinished(async () => { await Promise.all(tenants.map(async tenant => remove(namespaceRef(tenant.namespace)))) })
    await Promise.all(tenants.map(putData))
    const uids = await Promise.all(tenants.map(async ({ namespace }) => (await client().get(namespaceRef(namespace))).metadata.uid))

    const end = Date.now() + 6_000
    const writing = tenants.map(async ({ namespace }) => {
      for (let count = 0; Date.now() < end; count++) {
        await client().patch(namespaceRef(namespace), { metadata: { annotations: { busy: String(count) } } })
        await sleep(20)
      }
    })
    await sleep(300)
    for (const { ref } of tenants) await client().delete(ref, { propagationPolicy: 'Orphan' })
    await Promise.all(tenants.map(async ({ ref }) => eventually(async () => expect(await client().find(ref)).toBeUndefined())))
    await Promise.all(writing)
    await sleep(2_000)

    for (const [index, tenant] of tenants.entries()) {
      const { metadata } = await client().get(namespaceRef(tenant.namespace))
      expect(metadata.uid).toBe(uids[index])
      expect(metadata).not.toHaveProperty('deletionTimestamp')
      expect(await client().get(refIn(tenant, 'ConfigMap', 'data'))).toHaveProperty('data', { precious: 'yes' })
      expect(
        (await uidsOf(tenant)).filter(line => /^(RoleBinding|Role|NetworkPolicy|ResourceQuota|LimitRange)/.test(line))
      ).toHaveLength(13)
    }
  })

  test('is deleted with its namespace after a change to Delete', async () => {
    const tenant = await readyTenant({ deletionPolicy: 'Retain' })
    expect(await refusalOf('retained-tenants', async () => client().delete(tenant.ref))).toContain('--cascade=orphan')
    await changeTenant(tenant, { deletionPolicy: 'Delete' })
    await waitForReady(tenant)
    expect((await client().get(namespaceRef(tenant.namespace))).metadata.labels).not.toHaveProperty('k8s-mtp.dev/deletion-policy')
    await client().delete(tenant.ref)
    await eventually(async () => expect(await client().find(namespaceRef(tenant.namespace))).toBeUndefined())
  })
})

describe('an unmanaged object with an ownerReference to a Tenant', () => {
  test('outlives the Tenant: a namespace, and a Role in one', async () => {
    const tenant = await readyTenant()
    const victim = uniqueName('victim')
    onTestFinished(() => remove(namespaceRef(victim)))
    const ownerReferences = [{ ...ownerReference(tenant), controller: false }]
    await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: victim, ownerReferences } })
    await putData({ namespace: victim })
    const role = refIn({ namespace: victim }, 'Role', 'unmanaged')
    await breakGlass().create({ ...role, metadata: { name: role.name, namespace: victim, ownerReferences } })

    await client().delete(tenant.ref)
    await eventually(async () => expect(await client().find(namespaceRef(tenant.namespace))).toBeUndefined())
    await sleep(1_000)
    expect((await client().get(namespaceRef(victim))).metadata).not.toHaveProperty('deletionTimestamp')
    expect(await client().find(role)).toBeDefined()
    expect(await client().find(refIn({ namespace: victim }, 'ConfigMap', 'data'))).toBeDefined()
    await breakGlass().patch(namespaceRef(victim), { metadata: { ownerReferences: null } })
    await breakGlass().patch(role, { metadata: { ownerReferences: null } })
  })
})

test('the CRD of Tenants cannot be deleted until the annotation that protects it is removed', async () => {
  const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'tenants.k8s-mtp.dev' }
  const tenant = await readyTenant()
  expect(await refusalOf('protected-definitions', async () => client().delete(crd))).toContain(
    'kubectl annotate customresourcedefinition tenants.k8s-mtp.dev k8s-mtp.dev/deletion-protection-'
  )
  expect(await client().find(tenant.ref).catch((error: unknown) => isNotFound(error))).toBeDefined()
  await client().patch(crd, { metadata: { annotations: { 'k8s-mtp.dev/deletion-protection': null } } })
  try {
    await tryDelete(client(), crd)
  } finally {
    await client().patch(crd, { metadata: { annotations: { 'k8s-mtp.dev/deletion-protection': 'true' } } })
  }
})
