import { checkInput, tenantIsMissing, type Input } from './decision/decide.ts'
import { furtherNamespaces, isTenantNamespace } from './children/further-namespaces.ts'
import { readLooseTenant, type ObservedTenant } from './observed/loose-tenant.ts'
import type { ObservedState } from './observed/observed-state.ts'
import { readPreviousStatus } from './observed/previous-status.ts'
import type { SyncContext } from './observed/sync-context.ts'
import { asTenant } from './observed/tenant-namespace.ts'
import { reconcileNamespace, type Reconciliation } from './reconcile-namespace.ts'
import { furtherStatus, noFurther } from './status/further-status.ts'

/**
 * Reconciles one Tenant: a pure function of the Tenant, its observed state, the time and the version of k8s-mtp. Read this
 * first. A Tenant has its home namespace, and an object for each further one, which `reconcileTenantNamespace` is called for.
 */
export function reconcile (parent: ObservedTenant, observed: ObservedState, now: Date, version: string): Reconciliation {
  const context = contextOf(parent, observed, now, version)
  const input = checkInput(context)
  const further = furtherNamespaces(input, context)
  const home = reconcileNamespace(input, { ...context, observed: inNamespaces(observed) }, furtherStatus(further, context))
  return { ...home, children: [...home.children, ...further.children], corrected: [...home.corrected, ...further.corrected] }
}

/** Reconciles one further namespace of a Tenant. */
export function reconcileTenantNamespace (parent: ObservedTenant, observed: ObservedState, now: Date, version: string): Reconciliation {
  const context = contextOf(asTenant(parent), observed, now, version)
  const isOwned = parent.metadata.ownerReferences?.some(({ controller }) => controller === true) === true
  const input: Input = isOwned ? checkInput(context) : { hold: tenantIsMissing(context.tenant.name, parent.metadata.name) }
  return reconcileNamespace(input, context, noFurther)
}

function contextOf (parent: ObservedTenant, observed: ObservedState, now: Date, version: string): SyncContext {
  return { parent, tenant: readLooseTenant(parent), observed, previous: readPreviousStatus(parent), now, version }
}

/** Without the objects of further namespaces. */
function inNamespaces (observed: ObservedState): ObservedState {
  return { ...observed, children: new Map([...observed.children].filter(([, child]) => !isTenantNamespace(child))) }
}
