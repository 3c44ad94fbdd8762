import { describe, expect, it } from 'vitest'
import { sync } from '../../../src/hook/sync.ts'
import { identity } from '../../../src/kubernetes/object.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { applied, now, settled, syncRequest, uid, type Strategy, type World } from '../../support/requests.ts'

const fresh: World = { tenant: tenant(), classes: [defaultClass()] }
const contents = [
  'LimitRange/tenant-limits', 'NetworkPolicy/allow-dns', 'NetworkPolicy/allow-same-namespace', 'NetworkPolicy/default-deny',
  'ResourceQuota/tenant-objects', 'ResourceQuota/tenant-quota', 'ResourceQuota/tenant-storage',
  'Role/tenant-admin', 'Role/tenant-operator', 'Role/tenant-viewer',
  'RoleBinding/tenant-admin', 'RoleBinding/tenant-operator', 'RoleBinding/tenant-viewer', 'WorkloadPolicy/tenant-workloads'
]

const names = (children: Array<{ kind: string, metadata: { name: string } }>) =>
  children.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()
const ready = (status: { conditions?: Array<{ type: string }> }) =>
  status.conditions?.find(({ type }) => type === 'Ready')

describe('a new Tenant', () => {
  it('gets its namespace first, and the objects in it once that is observed', () => {
    const { response } = sync(syncRequest(fresh), now)
    expect(names(response.children)).toEqual(['Namespace/tenant-acme-shop'])
    expect(response.status.phase).toBe('Provisioning')
    expect(ready(response.status)).toMatchObject({ status: 'False', reason: 'NamespacePending' })
    expect(response.resyncAfterSeconds).toBe(20)
  })

  it('gets all objects once the namespace is observed, and is Active once they are', () => {
    const { response, rounds } = settled(fresh)
    expect(rounds).toBe(5)
    expect(names(response.children)).toEqual([...contents, 'Namespace/tenant-acme-shop'].sort())
    expect(response.status).toEqual({
      observedGeneration: 1,
      phase: 'Active',
      class: { name: 'default', generation: 0 },
      version: 'unversioned',
      namespaces: [{ name: 'tenant-acme-shop', className: 'default', phase: 'Active', ready: true, reason: 'UpToDate', objects: '15/15' }],
      conditions: [{
        type: 'Ready',
        status: 'True',
        reason: 'UpToDate',
        message: 'namespace tenant-acme-shop and its 14 objects are up to date',
        lastTransitionTime: '2026-11-22T12:00:00Z',
        observedGeneration: 1
      }]
    })
    expect(response.resyncAfterSeconds).toBeUndefined()
  })
})

describe('a cordoned Tenant', () => {
  it('stays Ready and Active, and reports how to uncordon it', () => {
    const { response } = settled({ ...fresh, tenant: tenant({ cordoned: true }) })
    expect(response.children.find(({ kind }) => kind === 'WorkloadPolicy')).toMatchObject({
      spec: { tenantName: 'acme', className: 'default', cordoned: true }
    })
    expect(response.status.phase).toBe('Active')
    expect(ready(response.status)).toMatchObject({ status: 'True' })
    expect(response.status.conditions?.[1]).toMatchObject({
      type: 'Cordoned',
      status: 'True',
      message: expect.stringContaining(
        'To admit pods: kubectl patch tenants.k8s-mtp.dev acme --type=merge --patch=\'{"spec":{"cordoned":false}}\''
      ) as string
    })
  })
})

describe('the status', () => {
  it('keeps its times in steady state, so that no sync is a write', () => {
    const { world, response } = settled(fresh)
    const later = sync(syncRequest(world), new Date('2027-01-01T00:00:00Z'))
    expect(later.response).toEqual(response)
  })

  it('names missing and drifted objects', () => {
    const { world } = settled(fresh)
    const children = (world.children ?? []).filter(({ metadata }) => metadata.name !== 'tenant-limits')
    const quota = children.find(({ metadata }) => metadata.name === 'tenant-quota')
    Object.assign(quota ?? {}, { spec: { hard: { pods: '999' } } })
    const { response } = sync(syncRequest({ ...world, children }), now)
    expect(response.status.namespaces).toEqual([{
      name: 'tenant-acme-shop',
      className: 'default',
      phase: 'Active',
      ready: false,
      reason: 'ObjectsPending',
      message: expect.stringContaining('waiting for Metacontroller to create in tenant-acme-shop: LimitRange/tenant-limits') as string,
      objects: '13/15',
      missing: ['LimitRange/tenant-limits'],
      drifted: ['ResourceQuota/tenant-quota']
    }])
    expect(ready(response.status)).toMatchObject({ status: 'False', reason: 'ObjectsPending' })
  })

  it('reports an object that is missing for a minute as stalled, with the command that helps', () => {
    const { world } = settled(fresh)
    const without = {
      ...world,
      children: (world.children ?? []).filter(({ metadata }) => metadata.name !== 'allow-dns')
    }
    const first = sync(syncRequest(without), now).response
    const at = (seconds: number) =>
      sync(syncRequest({ ...without, status: first.status }), new Date(now.getTime() + seconds * 1000)).response.status
    expect(ready(at(59))).toMatchObject({ reason: 'ObjectsPending' })
    expect(at(59).conditions?.map(({ type }) => type)).toEqual(['Ready', 'Reconciling'])
    expect(ready(at(60))).toMatchObject({
      reason: 'ObjectsMissing',
      message: expect.stringContaining('kubectl -n tenant-acme-shop delete networkpolicy allow-dns --ignore-not-found') as string
    })
    expect(at(60).conditions?.map(({ type }) => type)).toEqual(['Ready', 'Stalled'])
  })

  it('stays within the limits of the CRD, however many objects are missing', () => {
    const viewers = Array.from({ length: 256 }, (_, index) => ({
      kind: 'ServiceAccount' as const,
      name: 'default',
      namespace: `team-${index}`
    }))
    const { world } = settled({ ...fresh, tenant: tenant({ admins: viewers, viewers }) })
    const { response } = sync(syncRequest({
      ...world,
      children: (world.children ?? []).filter(({ kind }) => kind === 'Namespace')
    }), now)
    expect(response.status.namespaces).toMatchObject([{ objects: '1/525', missing: { length: 256 } }])
    expect(ready(response.status)).toMatchObject({
      message: expect.stringContaining(' and 504 more. If this lasts') as string
    })
    const refused = sync(syncRequest({ ...fresh, tenant: tenant({ name: 'a'.repeat(100) }) }), now).response.status
    expect(refused.namespaces).toBeUndefined()
    expect(ready(refused)).toMatchObject({ reason: 'SpecInvalid' })
    const many = Array.from({ length: 30 }, (_, index) => index)
    const verbose = sync(syncRequest({
      ...fresh,
      tenant: tenant({ quotas: { 'tenant-quota': Object.fromEntries(many.map(index => [`${'x'.repeat(50_000)}${index}`, 1])) } })
    }), now).response.status
    for (const { message } of verbose.conditions ?? expect.unreachable()) expect(message.length).toBeLessThanOrEqual(8192)
  })

  it('reports a pending namespace, and drift, as stalled after a minute', () => {
    const { world } = settled(fresh)
    const drifted = structuredClone(world.children ?? [])
    drifted.forEach(child => { if (child.metadata.name === 'tenant-quota') child['spec'] = { hard: { pods: '999' } } })
    for (const stuck of [fresh, { ...world, children: drifted }]) {
      const { status } = sync(syncRequest(stuck), now).response
      const types = (seconds: number) => {
        const { response } = sync(syncRequest({ ...stuck, status }), new Date(now.getTime() + seconds * 1000))
        return response.status.conditions?.map(({ type }) => type)
      }
      expect(types(59)).toEqual(['Ready', 'Reconciling'])
      expect(types(60)).toEqual(['Ready', 'Stalled'])
    }
  })

  const drifts: Array<[string, (labels: Record<string, string>) => void, boolean]> = [
    ['takes a changed label of ours for drift', labels => { labels['k8s-mtp.dev/tenant'] = 'other' }, true],
    [
      'takes an added pod security label for drift',
      labels => { labels['pod-security.kubernetes.io/exempt'] = 'yes' },
      true
    ],
    [
      'takes a weaker pod security level for drift',
      labels => { labels['pod-security.kubernetes.io/enforce'] = 'privileged' },
      true
    ],
    ['takes a label of another tool for no drift', labels => { labels['istio-injection'] = 'enabled' }, false]
  ]
  it.each(drifts)('%s', (_, change, isDrift) => {
    const { world } = settled(fresh)
    const children = structuredClone(world.children ?? [])
    change(children.find(({ kind }) => kind === 'Namespace')?.metadata.labels ?? {})
    expect(ready(sync(syncRequest({ ...world, children }), now).response.status)).toMatchObject({
      reason: isDrift ? 'DriftDetected' : 'UpToDate'
    })
  })
})

describe('an object that is not desired', () => {
  it('is pruned where the Tenant produced it', () => {
    const { world } = settled(fresh)
    const fewer = defaultClass(spec => { spec.network.policies = [] })
    const withExtra = defaultClass(spec => {
      spec.network.policies = [
        { name: 'allow-ingress', ingress: [{ peers: [{ namespace: 'ingress' }] }] }
      ]
    })
    const extra = settled({ ...world, classes: [withExtra] })
    expect(names(extra.response.children)).toContain('NetworkPolicy/allow-ingress')
    const { response } = sync(syncRequest({ ...extra.world, classes: [fewer] }), now)
    expect(names(response.children)).toEqual([...contents, 'Namespace/tenant-acme-shop'].sort())
  })

  it('is kept by its name, and reported, where the Tenant did not produce it', () => {
    const { world } = settled(fresh)
    const victim = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'victim', labels: { 'controller-uid': uid, team: 'x' } },
      spec: { finalizers: ['kubernetes'] }
    }
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'of-a-chart', namespace: 'tenant-acme-shop', labels: { 'controller-uid': uid } },
      rules: []
    }
    const { response } = sync(syncRequest({ ...world, children: [...world.children ?? [], victim, role] }), now)
    expect(response.children).toContainEqual({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'victim' } })
    expect(response.children).toContainEqual({
      apiVersion: role.apiVersion,
      kind: 'Role',
      metadata: { name: 'of-a-chart', namespace: 'tenant-acme-shop' }
    })
    expect(response.status.conditions?.find(({ type }) => type === 'UnmanagedObjects')).toMatchObject({
      status: 'True', message: expect.stringContaining('Namespace/victim, Role/of-a-chart in tenant-acme-shop') as string
    })
    expect(ready(response.status)).toMatchObject({ status: 'True' })
  })

  it.each<Strategy>(['dynamic-apply', 'server-side-apply'])('keeps its content under %s where another Tenant produced it', strategy => {
    const orphaned = settled({
      tenant: tenant({ admins: [{ kind: 'User', name: 'ada' }] }, 'earlier'),
      classes: [defaultClass()]
    }, strategy).world.children ?? []
    for (const world of [settled(fresh, strategy).world, { ...settled(fresh, strategy).world, classes: [] }]) {
      const { response } = sync(syncRequest({ ...world, children: [...world.children ?? [], ...orphaned] }), now)
      const after = response.children.map(child => applied(child, strategy))
      expect(after).toEqual(expect.arrayContaining(orphaned))
      expect(response.status.conditions?.map(({ type }) => type)).toContain('UnmanagedObjects')
    }
  })

  it('is kept where its kind is unknown', () => {
    const { world } = settled(fresh)
    const widget = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'tenant-acme-shop' },
      spec: { size: 3 }
    }
    const { response } = sync(syncRequest({ ...world, children: [...world.children ?? [], widget] }), now)
    expect(response.children.map(identity)).toContain(identity(widget))
  })
})
