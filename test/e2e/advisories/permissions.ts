import { expect } from 'vitest'
import { isNotFound } from '../../cluster/api-error.ts'
import type { KubeClient } from '../../cluster/client.ts'
import { as, client, eventually } from '../context.ts'
import { dryRun, managedRef, rbac } from '../guardrails/world.ts'
import { conditionOf, contentKinds, remove, tenantManifest, uniqueName, waitForReady, waitForReason, type TestTenant } from '../tenants.ts'
import { casesOf, refused, type Attempt, type Advisory } from './advisory.ts'
import { configMap, serviceAccount, type AdvisoryWorld } from './world.ts'

const user = (name: string) => ({ kind: 'User', name })

async function may (who: KubeClient, verb: 'list' | 'create', { namespace }: { namespace: string }): Promise<boolean> {
  const review = await who.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { resource: 'configmaps', verb, namespace } }
  }) as { status: { allowed: boolean } } // the documented response
  return review.status.allowed
}

const eventuallyMay = (who: KubeClient, verb: 'list' | 'create', tenant: TestTenant) => eventually(async () => expect(await may(who, verb, tenant)).toBe(true))
const eventuallyMayNot = (who: KubeClient, verb: 'list' | 'create', tenant: TestTenant) => eventually(async () => expect(await may(who, verb, tenant)).toBe(false))

async function bindingsThatName (name: string, { namespace }: TestTenant): Promise<string[]> {
  const kind = contentKinds.find(({ kind }) => kind === 'RoleBinding')
  if (kind === undefined) throw new Error('contentKinds lacks RoleBinding')
  const { items } = await client().list(kind, { namespace })
  return items.filter(({ subjects }) => JSON.stringify(subjects ?? []).includes(`"${name}"`)).map(({ metadata }) => metadata.name)
}

const namesakes: Attempt = {
  action: 'access of a ServiceAccount, as one of the same name in another namespace',
  stoppedBy: 'no effect: subjects are compared by kind, namespace and name',
  async verify ({ create }) {
    const [one, two, three, four] = ['one', 'two', 'three', 'four'].map(uniqueName) as [string, string, string, string] // four names
    const deployer = (namespace: string) => ({ kind: 'ServiceAccount', name: 'deployer', namespace })
    const tenant = await create({ operators: [deployer(one), deployer(four)], viewers: [deployer(two)] })
    await waitForReady(tenant)
    await Promise.all([one, four].map(async namespace => eventuallyMay(serviceAccount(namespace, 'deployer'), 'create', tenant)))
    await eventuallyMay(serviceAccount(two, 'deployer'), 'list', tenant)
    expect(await may(serviceAccount(two, 'deployer'), 'create', tenant)).toBe(false)
    for (const namesake of [serviceAccount(three, 'deployer'), as('deployer'), as('mallory', ['deployer'])]) expect(await may(namesake, 'list', tenant)).toBe(false)
  }
}

const binding = (namespace: string, kind: string, name: string) => ({
  apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: { name: 'evil', namespace }, roleRef: { apiGroup: rbac, kind, name }, subjects: [{ apiGroup: rbac, ...user('mallory') }]
})
const clusterBinding = { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'evil' }, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ apiGroup: rbac, ...user('mallory') }] }

const binds: Array<[string, (who: KubeClient, world: AdvisoryWorld) => Promise<unknown>]> = [
  ['a RoleBinding to cluster-admin', (who, { tenant }) => who.create(binding(tenant.namespace, 'ClusterRole', 'cluster-admin'), dryRun)],
  ['a RoleBinding to the Role of a Tenant', (who, { tenant }) => who.create(binding(tenant.namespace, 'Role', 'tenant-admin'), dryRun)],
  ['a ClusterRoleBinding to cluster-admin', who => who.create(clusterBinding, dryRun)],
  ['another subject in the RoleBinding of a Tenant', (who, { tenant }) => who.patch(managedRef(tenant, 'RoleBinding'), { subjects: [{ apiGroup: rbac, ...user('mallory') }] }, dryRun)],
  ['more permissions in the Role of a Tenant', (who, { tenant }) => who.patch(managedRef(tenant, 'Role'), { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }, dryRun)]
]

const bindingAttempts: Attempt[] = binds.map(([what, attack]) => refused({
  action: `${what}, as its admin`,
  stoppedBy: 'RBAC',
  attack: world => attack(world.admin, world),
  control: ({ admin, tenant }) => admin.create(configMap(tenant), dryRun)
}))

const systemGroups: Attempt[] = ['system:masters', 'system:authenticated'].map(name => refused({
  action: `a Tenant with ${name} as admins`,
  stoppedBy: 'the schema',
  attack: () => client().create(tenantManifest('evil', { admins: [{ kind: 'Group', name }] }), dryRun),
  control: () => client().create(tenantManifest('evil', { admins: [{ kind: 'Group', name: 'leads' }] }), dryRun)
}))

const stale: Attempt[] = [
  {
    action: 'access of a subject that was removed from the Tenant, with others in the role and as the only one',
    stoppedBy: 'no effect: the RoleBinding is removed with the subject',
    async verify ({ create }) {
      const tenant = await create({ admins: [user('ada'), user('mallory')], viewers: [user('eve')] })
      await waitForReady(tenant)
      await Promise.all(['mallory', 'eve'].map(async name => eventuallyMay(as(name), 'list', tenant)))
      await client().patch(tenant.ref, { spec: { admins: [user('ada')], viewers: [] } })
      await Promise.all(['mallory', 'eve'].map(async name => {
        await eventuallyMayNot(as(name), 'list', tenant)
        await eventually(async () => expect(await bindingsThatName(name, tenant)).toEqual([]))
      }))
      expect(await may(as('ada'), 'create', tenant)).toBe(true)
    }
  },
  {
    action: 'access of a subject of a deleted Tenant to a new one of the same name',
    stoppedBy: 'no effect: the RoleBinding is deleted with the Tenant',
    async verify ({ create }) {
      const former = await create({ admins: [user('mallory')] })
      await waitForReady(former)
      await eventuallyMay(as('mallory'), 'create', former)
      await remove(former.ref)
      await eventually(async () => expect(await client().get({ apiVersion: 'v1', kind: 'Namespace', name: former.namespace }).catch(isNotFound)).toBe(true), { timeout: 60_000 })
      const tenant = await create({ admins: [user('ada')] }, former.name)
      await waitForReady(tenant)
      await eventuallyMay(as('ada'), 'create', tenant)
      expect(await may(as('mallory'), 'list', tenant)).toBe(false)
      expect(await bindingsThatName('mallory', tenant)).toEqual([])
    }
  }
]

const collision: Attempt = {
  action: 'access to the namespace tenant-a-b-c of the Tenant a-b, by a Tenant a with spec.name b-c',
  stoppedBy: 'no effect: the second Tenant is on hold, with reason NamespaceConflict',
  async verify ({ create }) {
    const run = uniqueName('advisory')
    const first = await create({ name: 'c', admins: [user('first')] }, `${run}-b`)
    await waitForReady(first)
    const second = await create({ name: 'b-c', admins: [user('second')] }, run)
    expect(second.namespace).toBe(first.namespace)
    await waitForReason(second, 'NamespaceConflict')
    await eventuallyMay(as('first'), 'create', first)
    expect(await may(as('second'), 'list', first)).toBe(false)
    expect(await bindingsThatName('second', first)).toEqual([])
    expect(await conditionOf(first, 'Ready')).toHaveProperty('status', 'True')
    // Without a conflict the same spec gives access.
    const third = await create({ name: 'c', admins: [user('second')] })
    await waitForReady(third)
    await eventuallyMay(as('second'), 'create', third)
  }
}

export const permissionAdvisories: Advisory[] = [
  {
    id: 'CVE-2023-46254',
    vulnerability: 'a proxy confused ServiceAccounts of the same name in two namespaces',
    mitigation: 'RBAC compares kind, namespace and name; no user names are parsed',
    attempts: [namesakes]
  },
  {
    id: 'CVE-2019-14436',
    vulnerability: 'members of a project bound themselves to cluster roles',
    mitigation: 'no role of a Tenant may write Roles or RoleBindings; Metacontroller binds only the Roles of Tenants, and no system groups',
    attempts: [...bindingAttempts, ...systemGroups, ...casesOf('engine/bindings-roles'), ...casesOf('engine/bindings-subjects'), ...casesOf('engine/roles-wildcards'), ...casesOf('engine/roles-escalation')]
  },
  {
    id: 'CVE-2021-36775',
    vulnerability: 'bindings remained after the role or the member was removed',
    mitigation: 'RoleBindings are desired state: subjects that the Tenant no longer lists are removed',
    attempts: stale
  },
  {
    id: 'GHSA-8h6m-wv39-239m',
    vulnerability: 'a project of the same name gave access to the namespace of the other',
    mitigation: 'a namespace has one Tenant; a second Tenant for the same name is on hold',
    attempts: [collision],
    tests: [{ file: 'test/e2e/namespaces.test.ts', title: 'keeps its first Tenant where a second one produces the same name, as a-b with c and a with b-c' }]
  }
]
