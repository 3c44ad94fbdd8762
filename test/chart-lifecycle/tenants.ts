import type { KubeObject } from '../cluster/kube-object.ts'
import { client } from '../e2e/context.ts'
import { objectsOf, tenantRef, waitForReady } from '../e2e/tenants.ts'

/** The Tenants whose life a release must not disturb, with their namespaces: those of examples/tenants, and one with a class of its own. */
export const tenants = { acme: 'tenant-acme-shop', globex: 'tenant-globex-web', initech: 'tenant-initech-reports', hooli: 'tenant-hooli-shop' }
const names = Object.keys(tenants)

export async function allReady (): Promise<void> {
  await Promise.all(names.map(name => waitForReady({ name })))
}

/** `Kind namespace/name uid resourceVersion` of everything in their namespaces: the same lines before and after mean that nobody has written anything. */
export async function versions (): Promise<string[]> {
  return (await everything()).map(object => `${identityOf(object)} ${object.metadata.resourceVersion}`)
}

/** `Kind namespace/name uid` of the Tenants and of everything in their namespaces: the same lines before and after mean that nothing was made anew. */
export async function identities (): Promise<string[]> {
  const own = await Promise.all(names.map(name => client().get(tenantRef(name))))
  return [...own, ...await everything()].map(identityOf)
}

/** The namespaces, what came out of the Tenants, and what people have put there. */
async function everything (): Promise<KubeObject[]> {
  const found = await Promise.all(Object.values(tenants).map(async namespace => [
    ...await objectsOf({ namespace }),
    await client().get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'data' })
  ]))
  return found.flat()
}

function identityOf ({ kind, metadata: { namespace = '', name, uid } }: KubeObject): string {
  return `${kind} ${namespace}/${name} ${uid}`
}
