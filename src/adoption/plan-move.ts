import { labels, ownershipLabel } from '../api/group.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { planAdoption, type Adoption } from './plan-adoption.ts'
import type { Situation } from './situation.ts'

/** How a namespace moves from one Tenant to another: an adoption for which the owner until then counts as gone. */
export interface Move extends Adoption {
  /** Names of the Tenants that the namespace and its objects come from; more than one after an interrupted move. */
  from: string[]
  /** True for the home namespace of a Tenant that exists. */
  isHome: boolean
}

/** Undefined where the namespace, and everything in it, is of no other Tenant, existing or not. */
export function planMove (situation: Situation): Move | undefined {
  const { tenant: { metadata }, namespace, contents } = situation
  if (namespace === undefined) return undefined
  const owned = [namespace, ...contents].flatMap(object => tenantsOf(object, situation))
  const named = [namespace, ...contents].flatMap(({ metadata: { labels: found } }) => found?.[labels.tenant] ?? [])
    .filter(name => name !== metadata.name)
  if (owned.length + named.length === 0) return undefined
  const from = [...new Set([...owned.map(({ name }) => name), ...named])].sort()
  const isOfOthers = (object: ObservedObject) => from.includes(object.metadata.labels?.[labels.tenant] ?? '')
  const give = (object: ObservedObject) => isOfOthers(object) ? given(object, metadata.name) : object
  const uids = new Set(owned.map(({ uid }) => uid))
  const owners = new Map([...situation.owners].filter(([uid]) => !uids.has(uid)))
  const plan = planAdoption({ ...situation, namespace: give(namespace), contents: contents.map(give), owners })
  const isHome = namespace.metadata.ownerReferences?.some(({ uid, kind }) => kind === 'Tenant' && uids.has(uid)) === true
  return { ...plan, from, isHome }
}

const tenantPrefix = 'Tenant/'

/** The other existing Tenants that control an object, or are about to by its label. */
function tenantsOf ({ metadata }: ObservedObject, { tenant, owners }: Situation): Array<{ uid: string, name: string }> {
  const controllers = (metadata.ownerReferences ?? []).filter(({ controller }) => controller === true).map(({ uid }) => uid)
  return [...controllers, metadata.labels?.[ownershipLabel] ?? ''].flatMap(uid => {
    const name = owners.get(uid)
    return uid === tenant.metadata.uid || name?.startsWith(tenantPrefix) !== true ? [] : [{ uid, name: name.slice(tenantPrefix.length) }]
  })
}

/** As an object that the Tenant produced, so that the Tenant prunes what it does not declare. */
function given (object: ObservedObject, tenant: string): ObservedObject {
  const { metadata } = object
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [labels.tenant]: tenant } } }
}
