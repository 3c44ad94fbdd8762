import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { childKinds } from '../../src/tenancy/desired/child-kinds.ts'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { strategies } from '../strategies.ts'
import { eventually } from './context.ts'
import { askedByEngine, nameOf, rightsIn, without, type Right } from './engine-rights.ts'
import { refIn, tenantManifest, tenantRef, uniqueName } from './tenants.ts'

/** A platform of its own: its engine loses rights, its API server logs reads and checks who may set ownerReferences. */
let platform: Platform
const strategy = strategies.find(name => name === inject('applyStrategy')) ?? 'dynamic-apply'
const serverSide = strategy === 'server-side-apply'

beforeAll(async () => {
  platform = await startPlatform({
    strategy,
    apiserver: {
      auditPolicy: fileURLToPath(new URL('../cluster/audit-policy-engine.yaml', import.meta.url)),
      admissionPlugins: ['OwnerReferencesPermissionEnforcement']
    }
  })
  // What is refused here is to be refused for want of a right, and by nothing else.
  const bindings = await platform.client.list({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding' })
  for (const binding of bindings.items) await platform.client.delete(refOf(binding))
  await eventually(async () => platform.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'unguarded', labels: { 'controller-uid': 'x' } } }, { dryRun: true }))
})
afterAll(async () => platform?.stop())

const on = (group: string, resources: string[], verbs: string[]): Right[] => resources.flatMap(resource => verbs.map(verb => ({ group, resource, verb })))
const groupOf = (apiVersion: string) => apiVersion.includes('/') ? apiVersion.split('/')[0] ?? '' : ''
const kinds = childKinds.map(({ apiVersion, resource }) => ({ group: groupOf(apiVersion), resource }))
const contents = kinds.filter(({ resource }) => resource !== 'namespaces')
const each = (of: typeof kinds, ...verbs: string[]): Right[] => of.flatMap(({ group, resource }) => on(group, [resource], verbs))

interface Subject { name: string, namespace: string, uid: string, ref: ObjectRef }

async function create (): Promise<Subject> {
  const name = uniqueName()
  const admins = [{ kind: 'User', name: 'twin' }, { kind: 'Group', name: 'twin' }] // two bindings, as two of one name stand in none together
  const { metadata: { uid = '' } } = await platform.client.create(tenantManifest(name, { admins }))
  return { name, namespace: `tenant-${name}-shop`, uid, ref: tenantRef(name) }
}

type Status = { phase?: string, observedGeneration?: number, namespaces?: Array<{ missing?: string[], drifted?: string[] }>, conditions?: Array<{ type: string, reason: string }> }
const statusOf = async ({ ref }: Subject) => (await platform.client.get(ref) as KubeObject & { status: Status }).status
const ready = async (tenant: Subject) => eventually(async () => expect((await statusOf(tenant)).phase).toBe('Active'), { timeout: 40_000 })
const unseen = async (tenant: Subject) => expect((await statusOf(tenant)).phase).toBeUndefined()
const readyOne = async () => { const tenant = await create(); await ready(tenant); return tenant }

/** Waits until the engine has been refused each of these rights: where several verbs say the same, one of them. */
async function refusedEach (rights: Right[], since: number, anyVerb = false): Promise<void> {
  const key = anyVerb ? ({ group, resource }: Right) => `${resource}.${group}` : nameOf
  await eventually(() => {
    const refused = askedByEngine(platform.controlPlane.auditLog, since).filter(({ code }) => code === 403).map(key)
    expect(refused).toEqual(expect.arrayContaining(rights.map(key)))
  })
}

/** Of each kind of content one object, with a change of it that has to be put right. */
const damages: Array<[kind: string, name: string, patch: object]> = [
  ['Role', 'tenant-viewer', { rules: null }],
  ['RoleBinding', 'tenant-viewer', { metadata: { labels: { 'k8s-mtp.dev/class': 'other' } } }],
  ['ResourceQuota', 'tenant-quota', { spec: { hard: { pods: '9999' } } }],
  ['LimitRange', 'tenant-limits', { spec: { limits: [{ type: 'Container', max: { cpu: '64' } }] } }],
  ['NetworkPolicy', 'allow-dns', { spec: { egress: [{}] } }],
  ['WorkloadPolicy', 'tenant-workloads', { spec: { cordoned: true } }],
  ['Namespace', '', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }]
]
const damagedKinds = kinds.filter(({ resource }) => ['roles', 'rolebindings', 'resourcequotas', 'limitranges', 'networkpolicies', 'workloadpolicies', 'namespaces'].includes(resource))
/** Without delete on a kind nothing of it can be adopted here, as this API server checks who sets ownerReferences. */
const isDeletable = (resource: string) => !['namespaces', 'workloadpolicies'].includes(resource)
const damagedContents = damagedKinds.filter(({ resource }) => isDeletable(resource))
const ownership = (uid: string | null) => ({ metadata: { labels: { 'controller-uid': uid } } })

describe('when it starts', () => {
  const cases: Array<[what: string, rights: Right[]]> = [
    ['CompositeControllers', on('metacontroller.k8s.io', ['compositecontrollers'], ['list', 'watch'])],
    ['Tenants', on('k8s-mtp.dev', ['tenants'], ['list', 'watch'])],
    ['TenantClasses', on('k8s-mtp.dev', ['tenantclasses'], ['list', 'watch'])],
    ['the kinds of children', each(kinds, 'list', 'watch')]
  ]
  test.each(cases)('without reading %s it leaves Tenants unseen', async (_, rights) => {
    const tenant = await without(platform.client, rights, async () => {
      const since = Date.now()
      await platform.engine.restart()
      const tenant = await create()
      await refusedEach(rights, since, true)
      await unseen(tenant)
      return tenant
    })
    await platform.engine.restart()
    await ready(tenant)
  })
})

describe('without', () => {
  test.each(['get tenants', 'update tenants/status'])('%s the status says nothing', async name => {
    const [verb = '', resource = ''] = name.split(' ')
    const rights = on('k8s-mtp.dev', [resource], [verb])
    const tenant = await without(platform.client, rights, async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(rights, since)
      await unseen(tenant)
      return tenant
    })
    await ready(tenant)
  })

  // Under server-side apply a request that creates is a patch, and create is asked for besides: each alone is too little.
  test.each(serverSide ? ['create', 'patch'] : ['create'])('%s on namespaces there is none', async verb => {
    const tenant = await without(platform.client, on('', ['namespaces'], [verb]), async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(on('', ['namespaces'], [serverSide ? 'patch' : verb]), since)
      await eventually(async () => expect((await statusOf(tenant)).conditions).toContainEqual(expect.objectContaining({ type: 'Ready', reason: 'NamespacePending' })))
      return tenant
    })
    await ready(tenant)
  })

  test('update on tenants/finalizers no namespace can be owned, where the API server checks that', async () => {
    const tenant = await without(platform.client, on('k8s-mtp.dev', ['tenants/finalizers'], ['update']), async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(on('', ['namespaces'], [serverSide ? 'patch' : 'create']), since)
      return tenant
    })
    await ready(tenant)
  })

  // Bindings apart: without the Role that it names a binding is not found, rather than forbidden.
  const parts = [contents.filter(({ resource }) => resource !== 'rolebindings'), contents.filter(({ resource }) => resource === 'rolebindings')]
  const missing = [['Role/tenant-viewer', 'ResourceQuota/tenant-quota', 'LimitRange/tenant-limits', 'NetworkPolicy/default-deny'], ['RoleBinding/tenant-viewer']]
  test.each((serverSide ? ['create', 'patch'] : ['create']).flatMap(verb => [0, 1].map(part => ({ verb, part, of: missing[part]?.join(', ') }))))('$verb there is no $of, and the status lists it', async ({ verb, part }) => {
    const kinds = parts[part] ?? []
    const tenant = await without(platform.client, each(kinds, verb), async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(each(kinds, serverSide ? 'patch' : verb), since)
      await eventually(async () => expect((await statusOf(tenant)).namespaces?.[0]?.missing).toEqual(expect.arrayContaining(missing[part] ?? [])))
      return tenant
    })
    await ready(tenant)
  })

  test(`${serverSide ? 'patch' : 'update'} nothing that was changed by hand is put right`, async () => {
    const tenant = await readyOne()
    const rights = each(damagedKinds, serverSide ? 'patch' : 'update')
    await without(platform.client, rights, async () => {
      const since = Date.now()
      await Promise.all(damages.map(([kind, name, patch]) => platform.client.patch(refIn(tenant, kind, name), patch)))
      await refusedEach(rights, since)
      await eventually(async () => expect((await statusOf(tenant)).namespaces?.[0]?.drifted).toHaveLength(damages.length))
    })
    await ready(tenant)
  })

  test.each(['get', 'update'])('%s nothing is adopted', async verb => {
    const tenant = await readyOne()
    const rights = each(damagedContents, verb)
    const adoptable = damages.filter(([kind]) => !['Namespace', 'WorkloadPolicy'].includes(kind)).map(([kind]) => ({ ...refIn(tenant, kind, 'of-others') }))
    const adopted = async () => Promise.all(adoptable.map(async ref => (await platform.client.get(ref)).metadata.ownerReferences?.[0]?.uid))
    await without(platform.client, rights, async () => {
      const since = Date.now()
      // One kind after the other: the engine gives up a sync at the first kind that it cannot adopt.
      for (const ref of adoptable) {
        await platform.client.create(bare(ref, tenant.uid))
        await refusedEach(rights.filter(({ resource }) => resource === `${ref.kind.toLowerCase().replace(/y$/, 'ie')}s`), since)
        await platform.client.patch(ref, ownership(null))
      }
      expect(await adopted()).toEqual(adoptable.map(() => undefined))
    })
    await Promise.all(adoptable.map(async ref => platform.client.patch(ref, ownership(tenant.uid))))
    await eventually(async () => expect(await adopted()).toEqual(adoptable.map(() => tenant.uid)))
  })

  test('delete nothing that is no longer declared goes', async () => {
    const tenant = await readyOne()
    const rights = each(damagedContents, 'delete')
    const stray = damages.filter(([kind]) => !['Namespace', 'WorkloadPolicy'].includes(kind)).map(([kind]) => refIn(tenant, kind, 'stray'))
    const left = async () => (await Promise.all(stray.map(async ref => platform.client.find(ref)))).filter(found => found !== undefined)
    await without(platform.client, rights, async () => {
      const since = Date.now()
      const labels = { 'app.kubernetes.io/managed-by': 'k8s-mtp', 'k8s-mtp.dev/tenant': tenant.name, 'k8s-mtp.dev/class': 'default' }
      // Owned from the start: to adopt something takes delete as well, where the API server checks who sets ownerReferences.
      const ownerReferences = [{ apiVersion: tenant.ref.apiVersion, kind: tenant.ref.kind, name: tenant.name, uid: tenant.uid, controller: true, blockOwnerDeletion: true }]
      await Promise.all(stray.map(async ref => {
        const { metadata, ...rest } = bare(ref, tenant.uid, labels)
        await platform.client.create({ ...rest, metadata: { ...metadata, ownerReferences } } as KubeObject)
      }))
      await refusedEach(rights, since)
      expect(await left()).toHaveLength(stray.length)
    })
    await platform.client.patch(tenant.ref, { metadata: { annotations: { again: 'yes' } } })
    await eventually(async () => expect(await left()).toEqual([]))
  })

  test('what a class hands out its Roles are refused, and an event says which rights are missing', async () => {
    const tenant = await without(platform.client, on('policy', ['poddisruptionbudgets'], ['get']), async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(on('rbac.authorization.k8s.io', ['roles'], [serverSide ? 'patch' : 'create']), since)
      await eventually(async () => {
        expect((await statusOf(tenant)).namespaces?.[0]?.missing).toContain('Role/tenant-admin')
        const { items } = await platform.client.list({ apiVersion: 'v1', kind: 'Event' }, { namespace: 'default' })
        expect(items.filter(({ involvedObject }) => (involvedObject as ObjectRef).name === tenant.name).map(({ message }) => message).join('\n')).toContain('poddisruptionbudgets')
      })
      return tenant
    })
    await ready(tenant)
  })

  test('create on events nobody is told what is refused', async () => {
    await without(platform.client, [...on('', ['events'], ['create', 'patch']), ...on('', ['namespaces'], ['create'])], async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(on('', ['events'], ['create']), since)
      const { items } = await platform.client.list({ apiVersion: 'v1', kind: 'Event' }, { namespace: 'default' })
      expect(items.filter(({ involvedObject }) => (involvedObject as ObjectRef).name === tenant.name)).toEqual([])
    })
  })
})

test('each rule that is handed out is needed for a Role that holds it', async () => {
  const { rules } = await platform.client.get({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'k8s-mtp-engine' }) as KubeObject & { rules: Array<Parameters<typeof rightsIn>[0][number]> }
  const handedOut = rules.slice(firstHandedOut(rules))
  const asEngine = platform.client.as('system:serviceaccount:metacontroller:metacontroller')
  const role = (rule: object) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'probe', namespace: 'default' }, rules: [rule] })
  for (const rule of handedOut) await asEngine.create(role(rule), { dryRun: true })
  await without(platform.client, rightsIn(handedOut).filter(({ verb }) => verb === 'get'), async () => {
    for (const rule of handedOut) await expect(asEngine.create(role(rule), { dryRun: true })).rejects.toHaveProperty('code', 403)
  })
})

/** What a run does not show to be used, and why it is granted all the same. */
const exceptions: Array<[why: string, is: (right: Right) => boolean]> = [
  ['list: Metacontroller streams its lists, and falls back to it', ({ verb }) => verb === 'list'],
  ['patch: server-side apply alone', ({ verb, resource }) => verb === 'patch' && !serverSide && resource !== 'events'],
  ['get, and update under server-side apply, on what the engine never deletes: adoption and release, which this API server refuses without delete', ({ verb, resource }) => !isDeletable(resource) && (verb === 'update' || verb === 'get')],
  ['finalizers: asked by an admission plugin, not by a request', ({ resource }) => resource === 'tenants/finalizers'],
  ['create: under server-side apply asked by the API server in a patch that creates', ({ verb, resource }) => verb === 'create' && serverSide && resource !== 'events'],
  ['patch on events: the same event once more', ({ verb, resource }) => verb === 'patch' && resource === 'events'],
  ['kinds of Metacontroller and CRDs: the stand-in watches CompositeControllers alone', ({ group, resource }) =>
    platform.engine.name === 'stand-in' && (group === 'apiextensions.k8s.io' || ['controllerrevisions', 'decoratorcontrollers'].includes(resource))]
]

test('nothing is granted that the run above has not used, but for what is handed out and the exceptions', async () => {
  await sleep(200)
  const { rules } = await platform.client.get({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'k8s-mtp-engine' }) as KubeObject & { rules: Array<Parameters<typeof rightsIn>[0][number]> }
  const asked = askedByEngine(platform.controlPlane.auditLog)
  const used = new Set(asked.filter(({ code }) => code < 300).map(nameOf))
  const unused = rightsIn(rules.slice(0, firstHandedOut(rules))).filter(right => !used.has(nameOf(right)))
  expect(unused.filter(right => !exceptions.some(([, is]) => is(right))).map(nameOf)).toEqual([])
  expect(asked.filter(({ resource, verb }) => resource === 'namespaces' && verb === 'delete')).toEqual([])
})

/** The rules that are handed out stand last, after the one about events. */
function firstHandedOut (rules: Array<{ resources: string[], verbs: string[] }>): number {
  return rules.findIndex(({ resources, verbs }) => resources.join() === 'events' && verbs.join() === 'create,patch') + 1
}

const specs: Record<string, object> = {
  Role: { rules: [] },
  RoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'tenant-viewer' } },
  ResourceQuota: { spec: { hard: { 'count/widgets.example.com': '1' } } },
  LimitRange: { spec: { limits: [{ type: 'Pod', max: { cpu: '64' } }] } },
  NetworkPolicy: { spec: { podSelector: {}, policyTypes: ['Ingress'] } }
}

function bare ({ apiVersion, kind, name, namespace = '' }: ObjectRef, uid: string, labels: object = {}): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace, labels: { 'controller-uid': uid, ...labels } }, ...specs[kind] }
}
