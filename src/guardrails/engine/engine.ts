import { engineOnly } from '../conditions.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { split } from '../split.ts'
import { engineKinds } from './engine-kinds.ts'
import { engineNamespaces } from './engine-namespaces.ts'
import { engineObjects, engineTakeovers } from './engine-objects.ts'
import { engineOwners } from './engine-owners.ts'
import { engineTenantNamespaces } from './engine-tenant-namespaces.ts'
import { engineBindings, engineRoles } from './engine-permissions.ts'

/**
 * Bounds what the engine may write, whatever the hook returns: an impostor of the hook gets no further than the Tenants. Messages have no
 * CEL, which would be half of what a write costs: the error of the API server names the object, the event of Metacontroller its Tenant.
 */
export const engine = (parties: Parties): Guardrail => split({
  name: 'k8s-mtp-engine',
  purpose: 'Metacontroller writes only what Tenants produce: their namespaces, and the objects and permissions in these.',
  resources: engineKinds.resources,
  conditions: engineOnly(parties)
}, { kinds: engineKinds }, {
  objects: engineObjects,
  takeovers: engineTakeovers,
  namespaces: engineNamespaces(parties),
  owners: engineOwners,
  tenantnamespaces: engineTenantNamespaces,
  roles: engineRoles,
  bindings: engineBindings
})
