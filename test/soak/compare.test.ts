import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { initialClasses } from './class-operations.ts'
import { keyOf, type ClusterState } from './cluster-state.ts'
import { compare } from './compare.ts'
import { emptyModel, expectedNamespaces, expectedTenantNamespaces, tenantOf, type Model } from './model.ts'

const now = new Date('2030-01-01T00:00:00Z')
const name = 'acme'
const home = 'tenant-acme-shop'

function modelOfOne (): Model {
  const model = emptyModel()
  for (const tenantClass of initialClasses()) model.classes.set(tenantClass.metadata.name, tenantClass)
  const viewers = [{ kind: 'User' as const, name: 'ada' }, { kind: 'User' as const, name: 'eve' }]
  model.tenants.set(name, tenantOf(name, { name: 'shop', className: 'soak-small', viewers, namespaces: [{ name: 'dev' }] }))
  return model
}

const ready = (className: string) => ({
  observedGeneration: 3,
  class: { name: className, generation: 1 },
  namespaces: [{ name: home, ready: true }, { name: 'tenant-acme-dev', ready: true }],
  conditions: [{ type: 'Ready', status: 'True', reason: 'UpToDate', message: '' }]
})

/** A cluster as the model expects it, in the form of the API server. */
function clusterOf (model: Model): ClusterState {
  const [tenant] = model.tenants.values()
  if (tenant === undefined) throw new Error('the model has no Tenant')
  const namespaces = expectedNamespaces(model, tenant, now)
  const stored = (object: KubeObject, uid = 'uid', owner = 'uid-tenant'): KubeObject => {
    const labels = { ...object.metadata.labels, 'controller-uid': owner, ...(object.kind === 'Namespace' && { 'kubernetes.io/metadata.name': object.metadata.name }) }
    const ownerReferences = [{ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name, uid: owner, controller: true }]
    return structuredClone({ ...object, metadata: { ...object.metadata, uid, generation: 3, labels, ownerReferences } })
  }
  const ownerOf = ({ parent }: typeof namespaces[number]): string => parent.kind === 'Tenant' ? 'uid-tenant' : 'uid-entry'
  return {
    tenants: new Map([[name, { ...tenant, metadata: { name, uid: 'uid-tenant', generation: 3 }, status: ready('soak-small') }]]),
    classes: new Map([...model.classes.keys()].map(name => [name, { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass', metadata: { name, generation: 1 } }])),
    tenantNamespaces: new Map(expectedTenantNamespaces(tenant).map(object =>
      [object.metadata.name, { ...stored(object, 'uid-entry'), status: ready('soak-small') }])),
    namespaces: new Map(namespaces.map(each => [each.name, stored(each.manifests?.[0] as KubeObject, 'uid', ownerOf(each))])),
    contents: new Map(namespaces.map(each => [each.name, (each.manifests ?? []).slice(1).map(object => stored(object, 'uid', ownerOf(each)))])),
    data: new Map()
  }
}

const nothing = { data: new Map(), foreignLabels: new Map(), orphaned: new Map(), losses: new Set<string>() }

function differences (change: (cluster: ClusterState) => void, known: Partial<typeof nothing> = {}): string[] {
  const model = modelOfOne()
  const cluster = clusterOf(model)
  change(cluster)
  return compare(model, { ...nothing, ...known }, cluster, now).map(({ object, lines }) => `${object}: ${lines.join('; ')}`)
}

function objectIn (cluster: ClusterState, key: string): KubeObject & { metadata: { labels: Record<string, string> } } {
  const found = [...cluster.contents.values()].flat().find(object => keyOf(object) === key)
  if (found === undefined) throw new Error(`there is no ${key}`)
  return found as KubeObject & { metadata: { labels: Record<string, string> } }
}

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'team-1', namespace: home }, data: { version: '1' } }
const dataKey = keyOf(configMap)

test('a cluster as expected has no difference', () => {
  expect(differences(() => {})).toEqual([])
})

test('the order of subjects and labels of other tools are no difference', () => {
  expect(differences(cluster => {
    const binding = objectIn(cluster, `RoleBinding ${home}/tenant-viewer`)
    binding['subjects'] = (binding['subjects'] as unknown[]).reverse()
    binding.metadata.labels['soak.example.com/tool'] = 'x'
  })).toEqual([])
})

describe('compare finds', () => {
  test.each<[string, (cluster: ClusterState) => void, string | RegExp]>([
    ['a changed field', cluster => { objectIn(cluster, `ResourceQuota ${home}/tenant-quota`)['spec'] = { hard: { pods: '1' } } },
      /^ResourceQuota tenant-acme-shop\/tenant-quota: spec\.hard\..*spec\.hard\.pods: expected "\d+", observed "1"/],
    ['a missing object', cluster => { cluster.contents.set(home, (cluster.contents.get(home) ?? []).filter(({ kind }) => kind !== 'LimitRange')) },
      `LimitRange ${home}/tenant-limits: expected, and does not exist`],
    ['an object that is being deleted', cluster => { objectIn(cluster, `Role ${home}/tenant-admin`).metadata.deletionTimestamp = '2030-01-01T00:00:00Z' },
      `Role ${home}/tenant-admin: expected, and is being deleted`],
    ['an object too many', cluster => {
      const role = objectIn(cluster, `Role ${home}/tenant-admin`)
      cluster.contents.get(home)?.push({ ...role, metadata: { ...role.metadata, name: 'other' } })
    }, `Role ${home}/other: not expected, and exists`],
    ['a changed label', cluster => { objectIn(cluster, `Role ${home}/tenant-admin`).metadata.labels['k8s-mtp.dev/tenant'] = 'other' },
      `Role ${home}/tenant-admin: metadata.labels.k8s-mtp.dev/tenant: expected "acme", observed "other"`],
    ['an added annotation', cluster => { objectIn(cluster, `Role ${home}/tenant-admin`).metadata.annotations = { 'k8s-mtp.dev/x': 'y' } },
      `Role ${home}/tenant-admin: metadata.annotations: expected nothing, observed {"k8s-mtp.dev/x":"y"}`],
    ['a wrong owner', cluster => { objectIn(cluster, 'Role tenant-acme-dev/tenant-admin').metadata.ownerReferences = [] },
      'Role tenant-acme-dev/tenant-admin: metadata.ownerReferences: expected "uid-entry", observed nothing'],
    ['an outdated status', cluster => { (cluster.tenants.get(name) as KubeObject).metadata.generation = 4 },
      'Tenant acme: status.observedGeneration: expected 4, observed 3'],
    ['a status of an earlier class', cluster => { (cluster.classes.get('soak-small') as KubeObject).metadata.generation = 2 },
      'Tenant acme: status.class: expected "soak-small 2", observed "soak-small 1"'],
    ['a Tenant that is not ready', cluster => {
      const { status } = cluster.tenants.get(name) as { status?: { conditions: object[] } }
      status?.conditions.splice(0, 1, { type: 'Ready', status: 'False', reason: 'DriftDetected', message: 'text' })
    }, 'Tenant acme: status.conditions: expected Ready True UpToDate, observed False DriftDetected: text'],
    ['a TenantNamespace with another spec', cluster => { (cluster.tenantNamespaces.get('acme.dev') as KubeObject)['spec'] = { className: 'other' } },
      /^TenantNamespace acme\.dev: spec\.className: expected "soak-small", observed "other"/],
    ['a missing namespace', cluster => { cluster.namespaces.delete('tenant-acme-dev') },
      'Namespace tenant-acme-dev: expected, and does not exist'],
    ['a namespace of a deleted Tenant', cluster => {
      cluster.namespaces.set('tenant-gone-shop', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant-gone-shop', labels: { 'k8s-mtp.dev/tenant': 'gone' } } })
    }, 'Namespace tenant-gone-shop: not expected, and exists; it is not being deleted; owners: none'],
    ['a TenantNamespace of a deleted Tenant', cluster => {
      cluster.tenantNamespaces.set('gone.dev', { apiVersion: 'v1', kind: 'TenantNamespace', metadata: { name: 'gone.dev', labels: { 'k8s-mtp.dev/tenant': 'gone' } } })
    }, 'TenantNamespace gone.dev: not expected, and exists; it is not being deleted; owners: none'],
    ['a deleted Tenant that exists', cluster => { cluster.tenants.set('gone', { apiVersion: 'v1', kind: 'Tenant', metadata: { name: 'gone' } }) },
      'Tenant gone: not expected, and exists; it is not being deleted; owners: none']
  ])('%s', (_, change, expected) => {
    const found = differences(change)
    expect(found[0]).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected))
  })

  test('lost and changed data', () => {
    const data = new Map([[dataKey, configMap]])
    expect(differences(() => {}, { data })).toEqual([`ConfigMap ${home}/team-1: data of the team, and does not exist`])
    expect(differences(cluster => cluster.data.set(dataKey, { ...configMap, data: { version: '2' } }), { data }))
      .toEqual([`ConfigMap ${home}/team-1: data.version: expected "1", observed "2"`])
    expect(differences(cluster => cluster.data.set(dataKey, configMap), { data })).toEqual([])
  })

  test('a lost namespace, of a Tenant and of an orphaned one', () => {
    expect(differences(() => {}, { losses: new Set(['namespace x was deleted']) })[0]).toMatch(/^namespace x was deleted/)
    expect(differences(() => {}, { orphaned: new Map([['tenant-old-shop', 'uid']]) }))
      .toEqual(['Namespace tenant-old-shop: metadata.uid: expected "uid", observed nothing'])
  })

  test('a label of another tool that was removed from a namespace', () => {
    expect(differences(() => {}, { foreignLabels: new Map([[home, { 'soak.example.com/tool-1': 'v1' }]]) }))
      .toEqual([`Namespace ${home}: metadata.labels.soak.example.com/tool-1: expected "v1", observed nothing`])
  })
})
