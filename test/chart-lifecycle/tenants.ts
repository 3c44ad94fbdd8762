import type { KubeObject } from '../cluster/kube-object.ts'
import { client } from '../e2e/context.ts'
import { declaredPart, objectsOf, tenantRef, waitForReady } from '../e2e/tenants.ts'

/** Tenants with their namespaces: those of examples/tenants, and one with a custom class. */
export const tenants = {
  acme: 'tenant-acme-shop',
  globex: 'tenant-globex-web',
  initech: 'tenant-initech-reports',
  hooli: 'tenant-hooli-shop'
}
const names = Object.keys(tenants)

export async function allReady (): Promise<void> {
  await Promise.all(names.map(name => waitForReady({ name })))
}

/**
 * Returns `Kind namespace/name uid resourceVersion` of all objects in their namespaces. Equal lists mean: no writes. Kubernetes writes
 * what it counts to a quota, so a quota has its declared fields instead.
 */
export async function versions (): Promise<string[]> {
  return (await everything()).map(object =>
    `${identityOf(object)} ${object.kind === 'ResourceQuota' ? JSON.stringify(declaredPart(object)) : object.metadata.resourceVersion}`)
}

/** Returns `Kind namespace/name uid` of the Tenants and all objects. Equal lists mean: nothing was recreated. */
export async function identities (): Promise<string[]> {
  const own = await Promise.all(names.map(name => client().get(tenantRef(name))))
  return [...own, ...await everything()].map(identityOf)
}

/** Returns the namespaces, the managed objects in them, and those of users. */
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
