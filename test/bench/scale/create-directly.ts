import type { KubeClient } from '../../cluster/client.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import type { Limit } from './tenants.ts'
import { uidInTree, type Tree } from './tree.ts'

/** How to create the objects of Tenants without an engine. */
export interface Direct {
  /** Creates Tenants. */
  admin: KubeClient
  /** Creates their objects. */
  creator: KubeClient
  /** Whether the creator writes the first and the last status of each. */
  writesStatus: boolean
  limit: Limit
}

/** Creates Tenants with their objects. Resolves with the seconds. */
export async function createDirectly (trees: Tree[], direct: Direct): Promise<number> {
  const start = performance.now()
  await Promise.all(trees.map(async tree => {
    const parent = await direct.limit(() => direct.admin.create(tree.parent))
    await createObjects(tree, parent, direct)
  }))
  return (performance.now() - start) / 1000
}

/** The namespace, then its objects. RBAC refuses a RoleBinding without its Role. */
async function createObjects ({ children, further, statuses }: Tree, parent: KubeObject, direct: Direct): Promise<void> {
  const { creator, writesStatus, limit } = direct
  const withUid = (object: KubeObject): KubeObject => JSON.parse(JSON.stringify(object).replaceAll(uidInTree, parent.metadata.uid ?? '')) as KubeObject
  const create = (object: KubeObject) => limit(() => creator.create(withUid(object)))
  const [first, last] = statuses
  const written = writesStatus ? await limit(() => creator.updateStatus({ ...parent, status: first })) : parent
  const [namespaces = [], roleBindings = []] = ['Namespace', 'RoleBinding'].map(kind => children.filter(child => child.kind === kind))
  await Promise.all(namespaces.map(create))
  await Promise.all([
    ...children.filter(({ kind }) => kind !== 'Namespace' && kind !== 'RoleBinding').map(create),
    ...further.map(async tree => createObjects(tree, await create(tree.parent), direct))
  ])
  await Promise.all(roleBindings.map(create))
  if (writesStatus) await limit(() => creator.updateStatus({ ...written, status: last }))
}
