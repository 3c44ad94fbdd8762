import { labels } from '../api/group.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { planAdoption, type Adoption } from './plan-adoption.ts'
import type { Situation } from './situation.ts'

/** How a namespace moves from one Tenant to another: an adoption for which the owner until then counts as gone. */
export interface Move extends Adoption {
  /** Names of the Tenants that own the namespace or objects in it; more than one after an interrupted move. */
  from: string[]
}

/** Undefined where no other Tenant owns the namespace, or anything in it. */
export function planMove (situation: Situation): Move | undefined {
  const { tenant, namespace, contents } = situation
  const objects = [...contents, ...(namespace === undefined ? [] : [namespace])]
  const controllers = new Set(objects.flatMap(({ metadata }) => metadata.ownerReferences ?? [])
    .filter(({ uid, controller }) => controller === true && uid !== tenant.metadata.uid && isTenant(situation.owners.get(uid)))
    .map(({ uid }) => uid))
  if (controllers.size === 0) return undefined
  const from = [...new Set([...controllers].map(uid => situation.owners.get(uid)?.replace(tenantPrefix, '') ?? ''))].sort()
  const isOfOthers = ({ metadata }: ObservedObject) => from.includes(metadata.labels?.[labels.tenant] ?? '')
  const give = (object: ObservedObject) => isOfOthers(object) ? given(object, tenant.metadata.name) : object
  const owners = new Map([...situation.owners].filter(([uid]) => !controllers.has(uid)))
  const plan = planAdoption({ ...situation, namespace: namespace && give(namespace), contents: contents.map(give), owners })
  return { ...plan, from }
}

const tenantPrefix = 'Tenant/'

function isTenant (owner: string | undefined): boolean {
  return owner?.startsWith(tenantPrefix) === true
}

/** As an object that the Tenant produced, so that the Tenant prunes what it does not declare. */
function given (object: ObservedObject, tenant: string): ObservedObject {
  const { metadata } = object
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [labels.tenant]: tenant } } }
}
