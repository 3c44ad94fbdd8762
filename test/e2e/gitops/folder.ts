import { isNotFound, isRecord } from '../../cluster/api-error.ts'
import { refOf, type KubeObject } from '../../cluster/kube-object.ts'
import { classes, furtherNamespaces, tenants } from '../../gitops/folder.ts'
import { breakGlass } from '../context.ts'
import { namespaceRef } from '../guardrails/world.ts'
import { objectsOf, remove, uniqueName } from '../tenants.ts'

export const names = ['analytics', 'payments', 'storefront'] as const
export type Name = typeof names[number]

export interface Folder {
  classes: KubeObject[]
  tenants: Record<Name, KubeObject>
  /** The Tenant with further namespaces, which is not among `tenants`. */
  orders: KubeObject
  /** `Tenant/storefront-x1y2z3`, the name in the output of programs. */
  subject: (name: Name) => string
  namespace: (name: Name) => string
  /** Deletes all its objects. */
  remove: () => Promise<void>
}

/** The folder examples/gitops, under unique names. */
export function exampleFolder (): Folder {
  const suffix = uniqueName('g').slice(2)
  const classOf = (value: unknown) => isRecord(value) && typeof value.className === 'string' ? { className: `${value.className}-${suffix}` } : {}
  const renamed = (object: KubeObject): KubeObject => {
    const { spec, metadata } = object
    const namespaces = furtherNamespaces(object).map(entry => ({ ...entry, ...classOf(entry) }))
    const changed = { ...classOf(spec), ...(namespaces.length > 0 && { namespaces }) }
    return { ...object, metadata: { ...metadata, name: `${metadata.name}-${suffix}` }, spec: { ...(isRecord(spec) ? spec : {}), ...changed } }
  }
  const found = tenants().map(renamed)
  const tenant = (name: Name | 'orders'): KubeObject => {
    const object = found.find(({ metadata }) => metadata.name === `${name}-${suffix}`)
    if (object === undefined) throw new Error(`examples/gitops/tenants has no ${name}`)
    return object
  }
  const folder: Folder = {
    classes: classes().map(renamed),
    tenants: { analytics: tenant('analytics'), payments: tenant('payments'), storefront: tenant('storefront') },
    orders: tenant('orders'),
    subject: name => `Tenant/${name}-${suffix}`,
    namespace: name => `tenant-${name}-${suffix}-${specOf(tenant(name)).name}`,
    remove: async () => {
      await Promise.all(names.map(async name => breakGlass().delete(refOf(tenant(name)), { propagationPolicy: 'Orphan' }).catch(unlessNotFound)))
      await Promise.all([...names.map(async name => remove(namespaceRef(folder.namespace(name)))), ...folder.classes.map(async object => remove(refOf(object)))])
    }
  }
  return folder
}

function unlessNotFound (error: unknown): void {
  if (!isNotFound(error)) throw error
}

export function specOf ({ spec }: KubeObject): Record<string, unknown> {
  return isRecord(spec) ? spec : {}
}

/** The Tenant after a change in Git. */
export function changed (object: KubeObject, spec: object): KubeObject {
  return { ...object, spec: { ...specOf(object), ...spec } }
}

const toolMetadata = /argocd|fluxcd|kubectl\.kubernetes\.io|app\.kubernetes\.io\/instance/

/** The labels and annotations of tools on the objects of a Tenant. */
export async function toolMetadataOfObjects (namespace: string): Promise<string[]> {
  return (await objectsOf({ namespace })).flatMap(({ kind, metadata: { name, labels = {}, annotations = {} } }) =>
    [...Object.keys(labels), ...Object.keys(annotations)].filter(key => toolMetadata.test(key)).map(key => `${kind}/${name}: ${key}`))
}
