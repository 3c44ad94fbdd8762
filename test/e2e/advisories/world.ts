import type { KubeClient } from '../../cluster/client.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { as, breakGlass, client, eventually } from '../context.ts'
import { createWorld, namespaceRef, rbac, type World } from '../guardrails/world.ts'
import { remove, tenantManifest, tenantRef, uniqueName, waitForReady, type TestTenant } from '../tenants.ts'

/** Objects of the attempts: those of the guardrail cases, and users with only the permissions of their role. */
export interface AdvisoryWorld extends World {
  /** Admin of `tenant` only. */
  admin: KubeClient
  /** A ServiceAccount in `tenant`, with the role operator. */
  operator: KubeClient
  /** A user with all permissions on two namespaces, one of `tenant` and an unmanaged one, and on their quotas and policies. */
  holder: KubeClient
  /** Creates a Tenant for one attempt, removed at the end. Does not wait until it is ready. */
  create: (spec: object, name?: string) => Promise<TestTenant>
  /** Creates an unmanaged namespace, removed at the end. */
  namespace: () => Promise<string>
}

/** An object that each user of a Tenant except viewers may create. */
export function configMap ({ namespace }: { namespace: string }): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine', namespace } }
}

export function serviceAccount (namespace: string, name: string): KubeClient {
  return as(`system:serviceaccount:${namespace}:${name}`, ['system:serviceaccounts', `system:serviceaccounts:${namespace}`])
}

export async function createAdvisoryWorld (): Promise<{ world: AdvisoryWorld, remove: () => Promise<void> }> {
  const { world, remove: removeWorld } = await createWorld()
  const namespaces: string[] = []
  const tenants: string[] = []
  const { tenant } = world
  await client().patch(tenant.ref, { spec: { operators: [{ kind: 'ServiceAccount', name: 'runner', namespace: tenant.namespace }] } })
  await waitForReady(tenant)
  await Promise.all([tenant.namespace, world.elsewhere].map(grant))
  const who = { admin: as('ada@acme.example'), operator: serviceAccount(tenant.namespace, 'runner'), holder: as(holder) }
  // Permissions are enforced a moment after they are stored.
  await Promise.all(Object.values(who).map(async each => eventually(async () => each.create(configMap(tenant), { dryRun: true }))))
  return {
    world: {
      ...world,
      ...who,
      async create (spec, name = uniqueName('advisory')) {
        tenants.push(name)
        const { metadata: { uid = '' }, spec: created } = await client().create(tenantManifest(name, spec)) as KubeObject & { spec: { name: string } }
        return { name, namespace: `tenant-${name}-${created.name}`, uid, ref: tenantRef(name) }
      },
      async namespace () {
        const name = uniqueName('advisory')
        namespaces.push(name)
        await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
        return name
      }
    },
    async remove () {
      await Promise.all(namespaces.map(async name => {
        await breakGlass().patch(namespaceRef(name), { metadata: { labels: { 'controller-uid': null }, ownerReferences: null } })
        await remove(namespaceRef(name))
      }))
      await Promise.all([...new Set(tenants)].map(async name => remove(tenantRef(name))))
      await removeWorld()
    }
  }
}

const holder = 'holder@acme.example'

/** Grants more than any role of a Tenant, as other projects did by default. */
async function grant (namespace: string): Promise<void> {
  const rules = [
    { apiGroups: [''], resources: ['namespaces', 'namespaces/status', 'namespaces/finalize', 'resourcequotas', 'limitranges'], verbs: ['*'] },
    { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['*'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }
  ]
  await breakGlass().create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name: 'holder', namespace }, rules })
  await breakGlass().create({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'holder', namespace },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'holder' },
    subjects: [{ apiGroup: rbac, kind: 'User', name: holder }]
  })
}
