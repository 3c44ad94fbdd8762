import { expect } from 'vitest'
import { isNotFound } from '../../cluster/api-error.ts'
import type { KubeClient } from '../../cluster/client.ts'
import { as, client, eventually } from '../context.ts'
import { dryRun, managedRef, rbac } from '../guardrails/world.ts'
import { conditionOf, contentKinds, remove, tenantManifest, uniqueName, waitForReady, waitForReason, type TestTenant } from '../tenants.ts'
import { casesOf, refused, type Attempt, type Hole } from './hole.ts'
import { configMap, serviceAccount, type HoleWorld } from './world.ts'

const user = (name: string) => ({ kind: 'User', name })

async function may (who: KubeClient, verb: 'list' | 'create', { namespace }: { namespace: string }): Promise<boolean> {
  const answer = await who.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { resource: 'configmaps', verb, namespace } }
  }) as { status: { allowed: boolean } } // the documented answer
  return answer.status.allowed
}

const eventuallyMay = (who: KubeClient, verb: 'list' | 'create', tenant: TestTenant) => eventually(async () => expect(await may(who, verb, tenant)).toBe(true))
const eventuallyMayNot = (who: KubeClient, verb: 'list' | 'create', tenant: TestTenant) => eventually(async () => expect(await may(who, verb, tenant)).toBe(false))

async function bindingsThatName (name: string, { namespace }: TestTenant): Promise<string[]> {
  const kind = contentKinds.find(({ kind }) => kind === 'RoleBinding')
  if (kind === undefined) throw new Error('RoleBindings are no content of a namespace')
  const { items } = await client().list(kind, { namespace })
  return items.filter(({ subjects }) => JSON.stringify(subjects ?? []).includes(`"${name}"`)).map(({ metadata }) => metadata.name)
}

const namesakes: Attempt = {
  tries: 'the rights of a ServiceAccount, as its namesake in another namespace',
  by: 'no effect: subjects are told apart by kind, namespace and name',
  async prove ({ create }) {
    const [one, two, three, four] = ['one', 'two', 'three', 'four'].map(uniqueName) as [string, string, string, string] // as many as names
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

const binds: Array<[string, (who: KubeClient, world: HoleWorld) => Promise<unknown>]> = [
  ['binding cluster-admin in the namespace', (who, { tenant }) => who.create(binding(tenant.namespace, 'ClusterRole', 'cluster-admin'), dryRun)],
  ['binding its own Role to somebody', (who, { tenant }) => who.create(binding(tenant.namespace, 'Role', 'tenant-admin'), dryRun)],
  ['binding cluster-admin in the cluster', who => who.create(clusterBinding, dryRun)],
  ['putting somebody into its own binding', (who, { tenant }) => who.patch(managedRef(tenant, 'RoleBinding'), { subjects: [{ apiGroup: rbac, ...user('mallory') }] }, dryRun)],
  ['widening its own Role', (who, { tenant }) => who.patch(managedRef(tenant, 'Role'), { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }, dryRun)]
]

const bindingAttempts: Attempt[] = binds.map(([what, attack]) => refused({
  tries: `${what}, as admin of a tenant`,
  by: 'RBAC',
  attack: world => attack(world.admin, world),
  control: ({ admin, tenant }) => admin.create(configMap(tenant), dryRun)
}))

const systemGroups: Attempt[] = ['system:masters', 'system:authenticated'].map(name => refused({
  tries: `a Tenant whose admins are ${name}`,
  by: 'the schema',
  attack: () => client().create(tenantManifest('evil', { admins: [{ kind: 'Group', name }] }), dryRun),
  control: () => client().create(tenantManifest('evil', { admins: [{ kind: 'Group', name: 'leads' }] }), dryRun)
}))

const stale: Attempt[] = [
  {
    tries: 'what somebody may who is no longer in the Tenant, and who was in a role that nobody has any more',
    by: 'no effect: the binding goes with the subject',
    async prove ({ create }) {
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
    tries: 'what somebody may who was in a Tenant that is gone, in its namesake',
    by: 'no effect: the binding goes with the Tenant',
    async prove ({ create }) {
      const former = await create({ admins: [user('mallory')] })
      await waitForReady(former)
      await eventuallyMay(as('mallory'), 'create', former)
      await remove(former.ref)
      await eventually(async () => expect(await client().get({ apiVersion: 'v1', kind: 'Namespace', name: former.namespace }).catch(isNotFound)).toBe(true), { timeout: 30_000 })
      const tenant = await create({ admins: [user('ada')] }, former.name)
      await waitForReady(tenant)
      await eventuallyMay(as('ada'), 'create', tenant)
      expect(await may(as('mallory'), 'list', tenant)).toBe(false)
      expect(await bindingsThatName('mallory', tenant)).toEqual([])
    }
  }
]

const collision: Attempt = {
  tries: 'access to tenant-a-b-c of the Tenant a-b, by a Tenant a with the name b-c',
  by: 'no effect: the second one is held, and says NamespaceConflict',
  async prove ({ create }) {
    const run = uniqueName('hole')
    const first = await create({ name: 'c', admins: [user('first')] }, `${run}-b`)
    await waitForReady(first)
    const second = await create({ name: 'b-c', admins: [user('second')] }, run)
    expect(second.namespace).toBe(first.namespace)
    await waitForReason(second, 'NamespaceConflict')
    await eventuallyMay(as('first'), 'create', first)
    expect(await may(as('second'), 'list', first)).toBe(false)
    expect(await bindingsThatName('second', first)).toEqual([])
    expect(await conditionOf(first, 'Ready')).toHaveProperty('status', 'True')
    // And it does get its rights where no name is taken.
    const third = await create({ name: 'c', admins: [user('second')] })
    await waitForReady(third)
    await eventuallyMay(as('second'), 'create', third)
  }
}

export const rightsHoles: Hole[] = [
  {
    id: 'CVE-2023-46254',
    was: 'a proxy took ServiceAccounts of one name in two namespaces for one',
    here: 'RBAC decides on kind, namespace and name; nobody parses names of users',
    attempts: [namesakes]
  },
  {
    id: 'CVE-2019-14436',
    was: 'members of a project bound themselves to roles of the whole cluster',
    here: 'no role of a tenant may write roles or bindings; the engine binds only the Roles of tenants, and no group of the system',
    attempts: [...bindingAttempts, ...systemGroups, ...casesOf('engine-bindings/roles'), ...casesOf('engine-bindings/subjects'), ...casesOf('engine-roles/wildcards'), ...casesOf('engine-roles/escalation')]
  },
  {
    id: 'CVE-2021-36775',
    was: 'bindings stayed when the role or the member had been taken away',
    here: 'bindings are declared state: what the Tenant does not name goes',
    attempts: stale
  },
  {
    id: 'GHSA-8h6m-wv39-239m',
    was: 'a project of the same name gave access to the other one\'s namespace',
    here: 'a namespace has one Tenant; whoever comes second to its name is held',
    attempts: [collision],
    tests: [{ file: 'test/e2e/namespaces.test.ts', title: 'by another Tenant, as a-b and c spell the same name as a and b-c, stays with the first one' }]
  }
]
