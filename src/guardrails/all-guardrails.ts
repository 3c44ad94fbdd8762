import { labels } from '../api/group.ts'
import { engineOnly, exceptBreakGlass } from './conditions.ts'
import { engineKinds } from './engine/engine-kinds.ts'
import { engineNamespaces } from './engine/engine-namespaces.ts'
import { engineObjects } from './engine/engine-objects.ts'
import { engineOwners } from './engine/engine-owners.ts'
import { engineBindings, engineRoles } from './engine/engine-permissions.ts'
import { exemptTokens } from './exempt/tokens.ts'
import { exemptWorkloads } from './exempt/workloads.ts'
import type { Guardrail, Parties } from './guardrail.ts'
import { protectedDefinitions, retainedTenants } from './tenants/deletion.ts'
import { managedObjects } from './tenants/managed-objects.ts'
import { reservedMetadata } from './tenants/reserved-metadata.ts'
import { tenantNamespaces } from './tenants/tenant-namespaces.ts'
import { unmanagedObjects } from './tenants/unmanaged-objects.ts'
import { ingresses, volumeClaims } from './workloads/class-names.ts'
import { endpointSlices, endpoints } from './workloads/endpoints.ts'
import { events } from './workloads/events.ts'
import { podStatus } from './workloads/pod-status.ts'
import { pods } from './workloads/pods.ts'
import { serviceAccountTokens } from './workloads/service-account-tokens.ts'
import { services } from './workloads/services.ts'
import { terminatingNamespaces } from './workloads/terminating-namespaces.ts'

export function allGuardrails (parties: Parties): Guardrail[] {
  return [
    ...[managedObjects, unmanagedObjects, tenantNamespaces, reservedMetadata].map(guardrail => guardrail(parties)),
    ...[engineKinds, engineObjects, engineNamespaces(parties), engineOwners, engineRoles, engineBindings]
      .map(guardrail => engineGuardrail(guardrail, parties)),
    exemptTokens(parties),
    exemptWorkloads(parties),
    retainedTenants,
    protectedDefinitions,
    ...[services, endpoints, endpointSlices, ingresses, volumeClaims, pods]
      .map(guardrail => ({ ...workloadGuardrail(guardrail, parties), hasParameter: true })),
    ...[podStatus, events(parties), serviceAccountTokens(parties)].map(guardrail => workloadGuardrail(guardrail, parties)),
    terminatingNamespaces(parties)
  ]
}

/** Bounds what the engine may write, whatever the hook returns: an impostor of the hook gets no further than the Tenants. */
function engineGuardrail (guardrail: Guardrail, parties: Parties): Guardrail {
  return { ...guardrail, conditions: engineOnly(parties) }
}

/** Bounds what is used in namespaces of Tenants, by cluster administrators too. */
function workloadGuardrail (guardrail: Guardrail, parties: Parties): Guardrail {
  const conditions = { ...exceptBreakGlass(parties), ...guardrail.conditions }
  return { ...guardrail, namespaceLabel: labels.tenant, conditions }
}
