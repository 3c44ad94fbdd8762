import { describe, expect, test } from 'vitest'
import { packageVersion } from '../../src/version.ts'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { acmeObjects } from './acme-objects.ts'
import { as, client, eventually } from './context.ts'
import { engineWrites, settled } from './engine-writes.ts'
import {
  changeTenant, contentKinds, createTenant, declaredPart, objectsOf, readyTenant, refIn, statusOf, uniqueName,
  waitForReady
} from './tenants.ts'

const nameOf = ({ kind, metadata }: KubeObject) => `${kind}/${metadata.name}`

const acme = {
  admins: [{ kind: 'User', name: 'ada@acme.example' }, { kind: 'Group', name: 'acme-leads' }],
  operators: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }]
}

/** All but the two Roles that access.test.ts covers. */
const isListed = ({ kind, metadata }: KubeObject) => !(kind === 'Role' && ['tenant-admin', 'tenant-operator'].includes(metadata.name))

describe('a Tenant', () => {
  test('gets all of its objects with all of their fields, and no others', async () => {
    const tenant = await readyTenant(acme)
    const objects = await objectsOf(tenant)

    expect(objects.map(nameOf)).toEqual([
      `Namespace/${tenant.namespace}`,
      'LimitRange/tenant-limits',
      'ResourceQuota/tenant-objects', 'ResourceQuota/tenant-quota', 'ResourceQuota/tenant-storage',
      'WorkloadPolicy/tenant-workloads',
      'NetworkPolicy/allow-dns', 'NetworkPolicy/allow-same-namespace', 'NetworkPolicy/default-deny',
      'Role/tenant-admin', 'Role/tenant-operator', 'Role/tenant-viewer',
      'RoleBinding/tenant-admin', 'RoleBinding/tenant-operator', 'RoleBinding/tenant-viewer'
    ])
    expect(objects.filter(isListed).map(declaredPart)).toEqual(acmeObjects(tenant.name))
  })

  test('owns all of its objects, so that they are deleted with it', async () => {
    const tenant = await readyTenant()
    const owner = {
      apiVersion: 'k8s-mtp.dev/v1',
      kind: 'Tenant',
      name: tenant.name,
      uid: tenant.uid,
      controller: true,
      blockOwnerDeletion: true
    }
    for (const object of await objectsOf(tenant)) {
      expect(object.metadata.ownerReferences, nameOf(object)).toEqual([owner])
      expect(object.metadata.labels, nameOf(object)).toHaveProperty('controller-uid', tenant.uid)
    }
  })

  test('gets no objects outside of its namespace', async () => {
    const tenant = await readyTenant(acme)
    const options = { labelSelector: `k8s-mtp.dev/tenant=${tenant.name}` }
    const lists = await Promise.all([{ apiVersion: 'v1', kind: 'Namespace' }, ...contentKinds].map(kind => client().list(kind, options)))
    const places = lists.flatMap(({ items }) => items).map(({ metadata: { name, namespace = name } }) => namespace)
    expect([...new Set(places)]).toEqual([tenant.namespace])
  })

  test('reports in its status that it is Active and Ready', async () => {
    const tenant = await readyTenant(acme)
    expect(await statusOf(tenant)).toEqual({
      observedGeneration: 1,
      phase: 'Active',
      class: { name: 'default', uid: expect.any(String), generation: expect.any(Number) },
      version: packageVersion,
      namespaces: [{ name: tenant.namespace, className: 'default', phase: 'Active', ready: true, reason: 'UpToDate', objects: '15/15' }],
      conditions: [{
        type: 'Ready',
        status: 'True',
        reason: 'UpToDate',
        message: `namespace ${tenant.namespace} and its 14 objects are up to date`,
        lastTransitionTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        observedGeneration: 1
      }]
    })
  })

  test('applies a change of its spec', async () => {
    const tenant = await readyTenant(acme)
    await changeTenant(tenant, { viewers: [{ kind: 'User', name: 'eve@audit.example' }], admins: [{ kind: 'Group', name: 'acme-leads' }] })
    await waitForReady(tenant)
    expect((await statusOf(tenant)).observedGeneration).toBe(2)
    expect(await client().get(refIn(tenant, 'RoleBinding', 'tenant-viewer'))).toHaveProperty(
      'subjects', [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'eve@audit.example' }]
    )
    expect(await client().get(refIn(tenant, 'RoleBinding', 'tenant-admin'))).toHaveProperty(
      'subjects', [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'acme-leads' }]
    )
  })

  test('grants access to ServiceAccounts of one name in two namespaces, and to a User and a Group of one name', async () => {
    const deployers = ['ci', 'ci-preview'].map(namespace => ({ kind: 'ServiceAccount', name: 'deployer', namespace }))
    const tenant = await readyTenant({ operators: deployers, viewers: [{ kind: 'User', name: 'audit' }, { kind: 'Group', name: 'audit' }] })

    const mayListPods = async (user: string, groups: string[] = []) =>
      as(user, groups).list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: tenant.namespace }).then(() => true, () => false)
    await eventually(async () => {
      expect(await mayListPods('system:serviceaccount:ci:deployer')).toBe(true)
      expect(await mayListPods('system:serviceaccount:ci-preview:deployer')).toBe(true)
      expect(await mayListPods('audit')).toBe(true)
      expect(await mayListPods('zoe', ['audit'])).toBe(true)
    })
    expect(await mayListPods('system:serviceaccount:other:deployer')).toBe(false)
    expect(await mayListPods('deployer')).toBe(false)

    // The other ServiceAccount keeps its access.
    await changeTenant(tenant, { operators: deployers.slice(1) })
    await waitForReady(tenant)
    await eventually(async () => expect(await mayListPods('system:serviceaccount:ci:deployer')).toBe(false))
    expect(await mayListPods('system:serviceaccount:ci-preview:deployer')).toBe(true)
    const bindings = await client().list(
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' }, { namespace: tenant.namespace }
    )
    expect(
      bindings.items.filter(({ roleRef }) => isRecord(roleRef) && roleRef.name === 'tenant-operator').map(nameOf)
    ).toEqual(['RoleBinding/tenant-operator'])
  })

  test('can override quotas that its class allows, and returns to the class without the override', async () => {
    const tenant = await readyTenant({
      quotas: { 'tenant-quota': { cpu: '2', pods: '40' }, 'tenant-storage': { persistentvolumeclaims: '50' } }
    })
    const hard = async (quota: string) => (await client().get(refIn(tenant, 'ResourceQuota', quota))).spec
    expect(await hard('tenant-quota')).toMatchObject({ hard: { cpu: '2', memory: '1Gi', pods: '40' } })
    expect(await hard('tenant-storage')).toEqual({
      hard: {
        'requests.storage': '10Gi',
        persistentvolumeclaims: '50',
        'requests.ephemeral-storage': '4Gi',
        'limits.ephemeral-storage': '64Gi'
      }
    })

    await changeTenant(tenant, { quotas: { 'tenant-quota': null, 'tenant-storage': null } })
    await waitForReady(tenant)
    expect(await hard('tenant-quota')).toMatchObject({ hard: { cpu: '500m', memory: '1Gi', pods: '20' } })
    expect(await hard('tenant-storage')).toHaveProperty('hard.persistentvolumeclaims', '10')
  })
})

describe('quantities', () => {
  // The API server normalizes some quantities and keeps others as written.
  const notations: Array<[written: Record<string, string | number>, stored: Record<string, string>]> = [
    [{ cpu: '1000m', memory: '1024Mi', pods: 30 }, { cpu: '1', memory: '1Gi', pods: '30' }],
    [{ cpu: '0.5', memory: '1.5Gi', pods: '0.1k' }, { cpu: '500m', memory: '1536Mi', pods: '100' }],
    [{ cpu: 3, memory: '1000Mi', pods: '010' }, { cpu: '3', memory: '1000Mi', pods: '010' }],
    [{ cpu: '2.50', memory: '3000000' }, { cpu: '2500m', memory: '3M' }],
    [{ memory: 1073741824 }, { memory: '1073741824' }],
    [{ memory: '1e3' }, { memory: '1e3' }]
  ]

  test.each(notations)('written as %j are stored as %j, and cause no writes', async (written, stored) => {
    const tenant = await readyTenant({ quotas: { 'tenant-quota': written } })
    const quota = await client().get(refIn(tenant, 'ResourceQuota', 'tenant-quota'))
    expect(quota.spec).toMatchObject({ hard: { cpu: '500m', memory: '1Gi', pods: '20', ...stored } })

    // An unrelated change causes a sync of all objects.
    await settled(tenant)
    const since = Date.now()
    await changeTenant(tenant, { viewers: [{ kind: 'User', name: 'eve@audit.example' }] })
    await waitForReady(tenant)
    expect((await engineWrites(since, tenant)).map(({ resource }) => resource)).toEqual(['rolebindings'])
  })
})

test('30 Tenants that are created at once become Ready', async () => {
  const names = Array.from({ length: 30 }, () => uniqueName('many'))
  const start = performance.now()
  const tenants = await Promise.all(names.map(name => createTenant(acme, name)))
  await Promise.all(tenants.map(tenant => waitForReady(tenant, { timeout: 50_000, interval: 250 })))
  console.log(`30 Tenants created at once were Ready after ${Math.round(performance.now() - start)} ms`)
  for (const tenant of tenants) expect(await objectsOf(tenant)).toHaveLength(15)
})
