import { protectedDefinitions } from './custom-resource-definitions.ts'
import { engineKinds } from './engine-kinds.ts'
import { engineNamespaces } from './engine-namespaces.ts'
import { engineObjects } from './engine-objects.ts'
import { engineOwners } from './engine-owners.ts'
import { engineBindings, engineRoles } from './engine-rights.ts'
import type { Guardrail, Parties } from './guardrail.ts'
import { managedObjects } from './managed-objects.ts'
import { reservedMetadata } from './reserved-metadata.ts'
import { tenantNamespaces } from './tenant-namespaces.ts'
import { retainedTenants } from './tenants.ts'
import { workloadGuardrails } from './workloads/workloads.ts'

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
