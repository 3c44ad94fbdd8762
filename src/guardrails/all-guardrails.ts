import { protectedDefinitions } from './tenants/protected-definitions.ts'
import { engineKinds } from './engine/engine-kinds.ts'
import { engineNamespaces } from './engine/engine-namespaces.ts'
import { engineObjects } from './engine/engine-objects.ts'
import { engineOwners } from './engine/engine-owners.ts'
import { engineBindings, engineRoles } from './engine/engine-permissions.ts'
import type { Guardrail, Parties } from './guardrail.ts'
import { managedObjects } from './tenants/managed-objects.ts'
import { reservedMetadata } from './tenants/reserved-metadata.ts'
import { tenantNamespaces } from './tenants/tenant-namespaces.ts'
import { retainedTenants } from './tenants/retained-tenants.ts'
import { workloadGuardrails } from './workloads/workload-guardrails.ts'

/** Everything that the API server refuses on our behalf. */
export function allGuardrails (parties: Parties): Guardrail[] {
  return [
    managedObjects(parties),
    tenantNamespaces(parties),
    reservedMetadata(parties),
    engineKinds(parties),
    engineObjects(parties),
    engineNamespaces(parties),
    engineOwners(parties),
    engineRoles(parties),
    engineBindings(parties),
    retainedTenants(),
    protectedDefinitions(),
    ...workloadGuardrails(parties)
  ]
}
