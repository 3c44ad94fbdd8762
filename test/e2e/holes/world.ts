import type { KubeClient } from '../../cluster/client.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { as, breakGlass, client, eventually } from '../context.ts'
import { createWorld, namespaceRef, rbac, type World } from '../guardrails/world.ts'
import { remove, tenantManifest, tenantRef, uniqueName, waitForReady, type TestTenant } from '../tenants.ts'

/** What the attempts act on: the world of the guardrails, and people with no more than their rights. */
export interface HoleWorld extends World {
  /** Admin of `tenant`, and of nothing else. */
  admin: KubeClient
  /** A ServiceAccount of that tenant that operates it. */
  operator: KubeClient
  /** Somebody to whom an administrator gave all rights on two namespaces, the tenant's and somebody else's, and their quotas and policies. */
  holder: KubeClient
  /** A Tenant of the attempt's own, that goes at the end; not waited for. */
  create: (spec: object, name?: string) => Promise<TestTenant>
  /** A namespace of nobody, that goes at the end. */
  namespace: () => Promise<string>
}

/** What everybody who works in a namespace may create. */
export function configMap ({ namespace }: { namespace: string }): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine', namespace } }
}

export function serviceAccount (namespace: string, name: string): KubeClient {
  return as(`system:serviceaccount:${namespace}:${name}`, ['system:serviceaccounts', `system:serviceaccounts:${namespace}`])
}

export async function createHoleWorld (): Promise<{ world: HoleWorld, remove: () => Promise<void> }> {
  const { world, remove: removeWorld } = await createWorld()
  const namespaces: string[] = []
  const tenants: string[] = []
  const { tenant } = world
  await client().patch(tenant.ref, { spec: { operators: [{ kind: 'ServiceAccount', name: 'runner', namespace: tenant.namespace }] } })
  await waitForReady(tenant)
  await Promise.all([tenant.namespace, world.elsewhere].map(grant))
  const who = { admin: as('ada@acme.example'), operator: serviceAccount(tenant.namespace, 'runner'), holder: as(holder) }
  // Rights are in force a moment after they are stored.
  await Promise.all(Object.values(who).map(async each => eventually(async () => each.create(configMap(tenant), { dryRun: true }))))
  return {
    world: {
      ...world,
      ...who,
      async create (spec, name = uniqueName('hole')) {
        tenants.push(name)
        const { metadata: { uid = '' }, spec: created } = await client().create(tenantManifest(name, spec)) as KubeObject & { spec: { name: string } }
        return { name, namespace: `tenant-${name}-${created.name}`, uid, ref: tenantRef(name) }
      },
      async namespace () {
        const name = uniqueName('hole')
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

/** More than any role of a tenant gives, by a mistake that others' tenants had by default. */
async function grant (namespace: string): Promise<void> {
  const rules = [
    { apiGroups: [''], resources: ['namespaces', 'namespaces/status', 'namespaces/finalize', 'resourcequotas', 'limitranges'], verbs: ['*'] },
    { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['*'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }
  ]
  await client().create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name: 'holder', namespace }, rules })
  await client().create({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'holder', namespace },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'holder' },
    subjects: [{ apiGroup: rbac, kind: 'User', name: holder }]
  })
}
