import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { childKinds } from '../../src/tenancy/desired/child-kinds.ts'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { strategies } from '../strategies.ts'
import { eventually } from './context.ts'
import { engineRequests, nameOf, permissionsIn, without, type Permission } from './permissions.ts'
import { refIn, tenantManifest, tenantRef, uniqueName } from './tenants.ts'

/** A separate platform: its engine loses permissions, its API server logs reads and checks ownerReferences. */
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
  // Only missing permissions may cause refusals.
  const bindings = await platform.client.list({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding' })
  for (const binding of bindings.items) await platform.client.delete(refOf(binding))
  await eventually(async () =>
    platform.client.create(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'unprotected', labels: { 'controller-uid': 'x' } } },
      { dryRun: true }
    ))
})
afterAll(async () => platform?.stop())

const on = (
  group: string, resources: string[], verbs: string[]
): Permission[] => resources.flatMap(resource => verbs.map(verb => ({ group, resource, verb })))
const groupOf = (apiVersion: string) => apiVersion.includes('/') ? apiVersion.split('/')[0] ?? '' : ''
const kinds = childKinds.map(({ apiVersion, resource }) => ({ group: groupOf(apiVersion), resource }))
const contents = kinds.filter(({ resource }) => resource !== 'namespaces')
const each = (of: typeof kinds, ...verbs: string[]): Permission[] => of.flatMap(({ group, resource }) => on(group, [resource], verbs))

interface Subject { name: string, namespace: string, uid: string, ref: ObjectRef }

async function create (spec: object = {}): Promise<Subject> {
  const name = uniqueName()
  const admins = [{ kind: 'User', name: 'twin' }, { kind: 'Group', name: 'twin' }] // equal names cause two RoleBindings
  const { metadata: { uid = '' } } = await platform.client.create(tenantManifest(name, { admins, ...spec }))
  return { name, namespace: `tenant-${name}-shop`, uid, ref: tenantRef(name) }
}

interface Status {
  phase?: string
  namespaces?: Array<{ missing?: string[], drifted?: string[] }>
  conditions?: Array<{ type: string, reason: string }>
}
const statusOf = async ({ ref }: Subject) => (await platform.client.get(ref) as KubeObject & { status: Status }).status
const ready = async (tenant: Subject) => eventually(async () => expect((await statusOf(tenant)).phase).toBe('Active'), { timeout: 60_000 })
const expectNoSync = async (tenant: Subject) => expect((await statusOf(tenant)).phase).toBeUndefined()
const readyOne = async () => { const tenant = await create(); await ready(tenant); return tenant }

/** Waits until the API server refuses the engine each permission; with `anyVerb`, one verb of each resource. */
async function refusedEach (permissions: Permission[], since: number, anyVerb = false): Promise<void> {
  const key = anyVerb ? ({ group, resource }: Permission) => `${resource}.${group}` : nameOf
  await eventually(() => {
    const refused = engineRequests(platform.controlPlane.auditLog, since).filter(({ code }) => code === 403).map(key)
    expect(refused).toEqual(expect.arrayContaining(permissions.map(key)))
  })
}

/** One object of each kind, with a change that causes drift. */
const drifts: Array<[kind: string, name: string, patch: object]> = [
  ['Role', 'tenant-viewer', { rules: null }],
  ['RoleBinding', 'tenant-viewer', { metadata: { labels: { 'k8s-mtp.dev/class': 'other' } } }],
  ['ResourceQuota', 'tenant-quota', { spec: { hard: { pods: '9999' } } }],
  ['LimitRange', 'tenant-limits', { spec: { limits: [{ type: 'Container', max: { cpu: '64' } }] } }],
  ['NetworkPolicy', 'allow-dns', { spec: { egress: [{}] } }],
  ['WorkloadPolicy', 'tenant-workloads', { spec: { cordoned: true } }],
  ['Namespace', '', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }]
]
const driftedKinds = kinds.filter(({ resource }) =>
  ['roles', 'rolebindings', 'resourcequotas', 'limitranges', 'networkpolicies', 'workloadpolicies', 'namespaces'].includes(resource))
/** This API server checks who sets ownerReferences: without delete, the engine cannot adopt objects of a kind. */
const isDeletable = (resource: string) => !['namespaces', 'workloadpolicies', 'tenantnamespaces'].includes(resource)
const deletableKinds = driftedKinds.filter(({ resource }) => isDeletable(resource))
const ownership = (uid: string | null) => ({ metadata: { labels: { 'controller-uid': uid } } })

describe('at its start', () => {
  const cases: Array<[kinds: string, permissions: Permission[]]> = [
    ['CompositeControllers', on('metacontroller.k8s.io', ['compositecontrollers'], ['list', 'watch'])],
    ['Tenants', on('k8s-mtp.dev', ['tenants'], ['list', 'watch'])],
    ['TenantNamespaces', on('k8s-mtp.dev', ['tenantnamespaces'], ['list', 'watch'])],
    ['TenantClasses', on('k8s-mtp.dev', ['tenantclasses'], ['list', 'watch'])],
    ['the kinds of children', each(kinds, 'list', 'watch')]
  ]
  test.each(cases)('the engine syncs no Tenant without list and watch of %s', async (_, permissions) => {
    const tenant = await without(platform.client, permissions, async () => {
      const since = Date.now()
      await platform.engine.restart()
      const tenant = await create()
      await refusedEach(permissions, since, true)
      await expectNoSync(tenant)
      return tenant
    })
    await platform.engine.restart()
    await ready(tenant)
  })
})

describe('without', () => {
  test.each(['get tenants', 'update tenants/status'])('%s, the engine writes no status', async name => {
    const [verb = '', resource = ''] = name.split(' ')
    const permissions = on('k8s-mtp.dev', [resource], [verb])
    const tenant = await without(platform.client, permissions, async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(permissions, since)
      await expectNoSync(tenant)
      return tenant
    })
    await ready(tenant)
  })

  // Server-side apply creates objects by a patch, which requires both create and patch.
  test.each(serverSide ? ['create', 'patch'] : ['create'])('%s on namespaces, the engine creates none', async verb => {
    const tenant = await without(platform.client, on('', ['namespaces'], [verb]), async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(on('', ['namespaces'], [serverSide ? 'patch' : verb]), since)
      await eventually(async () =>
        expect((await statusOf(tenant)).conditions).toContainEqual(expect.objectContaining({ type: 'Ready', reason: 'NamespacePending' })))
      return tenant
    })
    await ready(tenant)
  })

  test('update on tenants/finalizers, the engine cannot own a namespace if the API server checks ownerReferences', async () => {
    const tenant = await without(platform.client, on('k8s-mtp.dev', ['tenants/finalizers'], ['update']), async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(on('', ['namespaces'], [serverSide ? 'patch' : 'create']), since)
      return tenant
    })
    await ready(tenant)
  })

  // Separately, since they follow others: without its Role, a RoleBinding is NotFound, and the WorkloadPolicy waits for the quotas.
  const followers = ['rolebindings', 'workloadpolicies']
  const parts = [
    contents.filter(({ resource }) => !followers.includes(resource)),
    ...followers.map(follower => contents.filter(({ resource }) => resource === follower))
  ]
  const missing = [
    ['Role/tenant-viewer', 'ResourceQuota/tenant-quota', 'LimitRange/tenant-limits', 'NetworkPolicy/default-deny'],
    ['RoleBinding/tenant-viewer'],
    ['WorkloadPolicy/tenant-workloads']
  ]
  test.each(
    (serverSide ? ['create', 'patch'] : ['create']).flatMap(verb => [0, 1, 2].map(part => ({ verb, part, of: missing[part]?.join(', ') })))
  )('$verb, the engine creates no $of, and the status lists it', async ({ verb, part }) => {
    const kinds = parts[part] ?? []
    const tenant = await without(platform.client, each(kinds, verb), async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(each(kinds, serverSide ? 'patch' : verb), since)
      await eventually(
        async () => expect((await statusOf(tenant)).namespaces?.[0]?.missing).toEqual(expect.arrayContaining(missing[part] ?? []))
      )
      return tenant
    })
    await ready(tenant)
  })

  test(`${serverSide ? 'patch' : 'update'}, the engine corrects no drift`, async () => {
    const tenant = await readyOne()
    const permissions = each(driftedKinds, serverSide ? 'patch' : 'update')
    await without(platform.client, permissions, async () => {
      const since = Date.now()
      await Promise.all(drifts.map(([kind, name, patch]) => platform.client.patch(refIn(tenant, kind, name), patch)))
      await refusedEach(permissions, since)
      await eventually(async () => expect((await statusOf(tenant)).namespaces?.[0]?.drifted).toHaveLength(drifts.length))
    })
    await ready(tenant)
  })

  test.each(['get', 'update'])('%s, the engine adopts no object', async verb => {
    const tenant = await readyOne()
    const permissions = each(deletableKinds, verb)
    const adoptable = drifts.filter(([kind]) => !['Namespace', 'WorkloadPolicy'].includes(kind)).map(
      ([kind]) => ({ ...refIn(tenant, kind, 'unmanaged') })
    )
    const adopted = async () => Promise.all(adoptable.map(async ref => (await platform.client.get(ref)).metadata.ownerReferences?.[0]?.uid))
    await without(platform.client, permissions, async () => {
      const since = Date.now()
      // One kind at a time: the engine ends a sync at the first kind that it cannot adopt.
      for (const ref of adoptable) {
        await platform.client.create(bare(ref, tenant.uid))
        await refusedEach(permissions.filter(({ resource }) => resource === `${ref.kind.toLowerCase().replace(/y$/, 'ie')}s`), since)
        await platform.client.patch(ref, ownership(null))
      }
      expect(await adopted()).toEqual(adoptable.map(() => undefined))
    })
    await Promise.all(adoptable.map(async ref => platform.client.patch(ref, ownership(tenant.uid))))
    await eventually(async () => expect(await adopted()).toEqual(adoptable.map(() => tenant.uid)))
  })

  test('delete, the engine prunes no object', async () => {
    const tenant = await readyOne()
    const permissions = each(deletableKinds, 'delete')
    const undeclared = drifts.filter(
      ([kind]) => !['Namespace', 'WorkloadPolicy'].includes(kind)
    ).map(([kind]) => refIn(tenant, kind, 'undeclared'))
    const left = async () => (await Promise.all(
      undeclared.map(async ref => platform.client.find(ref))
    )).filter(found => found !== undefined)
    await without(platform.client, permissions, async () => {
      const since = Date.now()
      const labels = { 'app.kubernetes.io/managed-by': 'k8s-mtp', 'k8s-mtp.dev/tenant': tenant.name, 'k8s-mtp.dev/class': 'default' }
      // With an ownerReference from the start: this API server requires delete to adopt objects.
      const ownerReferences = [{
        apiVersion: tenant.ref.apiVersion,
        kind: tenant.ref.kind,
        name: tenant.name,
        uid: tenant.uid,
        controller: true,
        blockOwnerDeletion: true
      }]
      await Promise.all(undeclared.map(async ref => {
        const { metadata, ...rest } = bare(ref, tenant.uid, labels)
        await platform.client.create({ ...rest, metadata: { ...metadata, ownerReferences } } as KubeObject)
      }))
      await refusedEach(permissions, since)
      expect(await left()).toHaveLength(undeclared.length)
    })
    await platform.client.patch(tenant.ref, { metadata: { annotations: { again: 'yes' } } })
    await eventually(async () => expect(await left()).toEqual([]))
  })

  test('permissions that a class grants, its Roles are refused, and an event lists the missing permissions', async () => {
    const tenant = await without(platform.client, on('policy', ['poddisruptionbudgets'], ['get']), async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(on('rbac.authorization.k8s.io', ['roles'], [serverSide ? 'patch' : 'create']), since)
      await eventually(async () => {
        expect((await statusOf(tenant)).namespaces?.[0]?.missing).toContain('Role/tenant-admin')
        const { items } = await platform.client.list({ apiVersion: 'v1', kind: 'Event' }, { namespace: 'default' })
        expect(
          items.filter(({ involvedObject }) => (involvedObject as ObjectRef).name === tenant.name).map(({ message }) => message).join('\n')
        ).toContain('poddisruptionbudgets')
      })
      return tenant
    })
    await ready(tenant)
  })

  test('create on events, refusals cause no events', async () => {
    await without(platform.client, [...on('', ['events'], ['create', 'patch']), ...on('', ['namespaces'], ['create'])], async () => {
      const since = Date.now()
      const tenant = await create()
      await refusedEach(on('', ['events'], ['create']), since)
      const { items } = await platform.client.list({ apiVersion: 'v1', kind: 'Event' }, { namespace: 'default' })
      expect(items.filter(({ involvedObject }) => (involvedObject as ObjectRef).name === tenant.name)).toEqual([])
    })
  })
})

describe('for a further namespace, without', () => {
  const further = { namespaces: [{ name: 'dev' }] }
  const objectOf = ({ name }: Subject): ObjectRef => ({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', name: `${name}.dev` })
  const phaseOf = async (tenant: Subject) => (await platform.client.get(objectOf(tenant)) as KubeObject & { status?: Status }).status?.phase
  const applies = serverSide ? 'patch' : 'create'

  test.each(serverSide ? ['create', 'patch'] : ['create'])('%s on tenantnamespaces, the engine creates none', async verb => {
    const tenant = await without(platform.client, on('k8s-mtp.dev', ['tenantnamespaces'], [verb]), async () => {
      const since = Date.now()
      const tenant = await create(further)
      await refusedEach(on('k8s-mtp.dev', ['tenantnamespaces'], [applies]), since)
      expect(await platform.client.find(objectOf(tenant))).toBeUndefined()
      return tenant
    })
    await ready(tenant)
  })

  test('update on tenants/finalizers, no Tenant can own one if the API server checks ownerReferences', async () => {
    const tenant = await without(platform.client, on('k8s-mtp.dev', ['tenants/finalizers'], ['update']), async () => {
      const since = Date.now()
      const tenant = await create(further)
      await refusedEach(on('k8s-mtp.dev', ['tenantnamespaces'], [applies]), since)
      return tenant
    })
    await ready(tenant)
  })

  test('update on tenantnamespaces/finalizers, it owns no namespace if the API server checks ownerReferences', async () => {
    const tenant = await without(platform.client, on('k8s-mtp.dev', ['tenantnamespaces/finalizers'], ['update']), async () => {
      const since = Date.now()
      const tenant = await create(further)
      await refusedEach(on('', ['namespaces'], [applies]), since)
      expect(await platform.client.find({ apiVersion: 'v1', kind: 'Namespace', name: `tenant-${tenant.name}-dev` })).toBeUndefined()
      return tenant
    })
    await ready(tenant)
  })

  test.each([['get', 'tenantnamespaces'], ['update', 'tenantnamespaces/status']] as const)('%s on %s, the engine writes no status of it', async (verb, resource) => {
    const permissions = on('k8s-mtp.dev', [resource], [verb])
    const tenant = await without(platform.client, permissions, async () => {
      const since = Date.now()
      const tenant = await create(further)
      await refusedEach(permissions, since)
      expect(await phaseOf(tenant)).toBeUndefined()
      return tenant
    })
    await ready(tenant)
    expect(await phaseOf(tenant)).toBe('Active')
  })

  test(`${serverSide ? 'patch' : 'update'} on tenantnamespaces, the engine changes none`, async () => {
    const tenant = await create(further)
    await ready(tenant)
    const permissions = on('k8s-mtp.dev', ['tenantnamespaces'], [serverSide ? 'patch' : 'update'])
    await without(platform.client, permissions, async () => {
      const since = Date.now()
      await platform.client.patch(tenant.ref, { spec: { cordoned: true } })
      await refusedEach(permissions, since)
      expect((await platform.client.get(objectOf(tenant)))['spec']).not.toHaveProperty('cordoned')
    })
    await platform.client.patch(tenant.ref, { spec: { cordoned: false } })
    await ready(tenant)
  })
})

test('the engine needs each rule that classes grant to create a Role with it', async () => {
  const { rules } = await platform.client.get({
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'k8s-mtp-engine'
  }) as KubeObject & { rules: Array<Parameters<typeof permissionsIn>[0][number]> }
  const granted = rules.slice(firstGranted(rules))
  const asEngine = platform.client.as('system:serviceaccount:metacontroller:metacontroller')
  const role = (rule: object) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'probe', namespace: 'default' },
    rules: [rule]
  })
  for (const rule of granted) await asEngine.create(role(rule), { dryRun: true })
  const one = granted.flatMap(rule => permissionsIn([{ ...rule, verbs: rule.verbs.slice(0, 1) }]))
  await without(platform.client, one, async () => {
    for (const rule of granted) await expect(asEngine.create(role(rule), { dryRun: true })).rejects.toHaveProperty('code', 403)
  })
})

/** Permissions that these tests do not use, with the reason for each. */
const exceptions: Array<[why: string, is: (permission: Permission) => boolean]> = [
  ['list: Metacontroller streams lists, and falls back to it', ({ verb }) => verb === 'list'],
  ['patch: only server-side apply', ({ verb, resource }) => verb === 'patch' && !serverSide && resource !== 'events'],
  [
    'get, and under server-side apply update, on kinds that are never deleted: this API server refuses adoption without delete',
    ({ verb, resource }) => !isDeletable(resource) && (verb === 'update' || verb === 'get')
  ],
  ['finalizers: checked by an admission plugin, not requested', ({ resource }) => resource.endsWith('/finalizers')],
  [
    'create: under server-side apply checked by the API server for a patch that creates an object',
    ({ verb, resource }) => verb === 'create' && serverSide && resource !== 'events'
  ],
  ['patch on events: an event that recurs', ({ verb, resource }) => verb === 'patch' && resource === 'events'],
  ['kinds of Metacontroller and CRDs: the stand-in watches only CompositeControllers', ({ group, resource }) =>
    platform.engine.name === 'stand-in' &&
      (group === 'apiextensions.k8s.io' || ['controllerrevisions', 'decoratorcontrollers'].includes(resource))]
]

test('the tests above use all permissions, except the listed exceptions and those that classes grant', async () => {
  await sleep(200)
  const { rules } = await platform.client.get({
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'k8s-mtp-engine'
  }) as KubeObject & { rules: Array<Parameters<typeof permissionsIn>[0][number]> }
  const requests = engineRequests(platform.controlPlane.auditLog)
  const used = new Set(requests.filter(({ code }) => code < 300).map(nameOf))
  const unused = permissionsIn(rules.slice(0, firstGranted(rules))).filter(permission => !used.has(nameOf(permission)))
  expect(unused.filter(permission => !exceptions.some(([, is]) => is(permission))).map(nameOf)).toEqual([])
  expect(requests.filter(({ resource, verb }) => ['namespaces', 'tenantnamespaces'].includes(resource) && verb === 'delete')).toEqual([])
})

/** The rules that classes grant come last, after the one for events. */
function firstGranted (rules: Array<{ resources: string[], verbs: string[] }>): number {
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
