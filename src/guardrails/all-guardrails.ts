import { labels } from '../api/group.ts'
import { exceptBreakGlass } from './conditions.ts'
import { engine } from './engine/engine.ts'
import { exemptTokens } from './exempt/tokens.ts'
import { exemptWorkloads } from './exempt/workloads.ts'
import type { Guardrail, Parties } from './guardrail.ts'
import { protectedDefinitions, retainedTenants } from './tenants/deletion.ts'
import { listedNamespaces } from './tenants/listed-namespaces.ts'
import { reachingClasses } from './tenants/reaching-classes.ts'
import { tenantNamespaces } from './tenants/tenant-namespaces.ts'
import { tenantNamespaceGuardrail } from './tenants/tenant-namespace-objects.ts'
import { tenantObjects } from './tenants/tenant-objects.ts'
import { annotations } from './workloads/annotations.ts'
import { deviceClaims, ingresses, volumeClaims } from './workloads/class-names.ts'
import { disruptionBudgets } from './workloads/disruption-budgets.ts'
import { endpointSlices, endpoints } from './workloads/endpoints.ts'
import { events } from './workloads/events.ts'
import { routes } from './workloads/host-names.ts'
import { narrowedNetworkPolicies, networkPolicies } from './workloads/network-policies.ts'
import { podDeletion, podEvictions } from './workloads/pod-deletion.ts'
import { podStatus } from './workloads/pod-status.ts'
import { pods } from './workloads/pods.ts'
import { serviceAccountTokens } from './workloads/service-account-tokens.ts'
import { services } from './workloads/services.ts'
import { daemonSetTemplates, podTemplates } from './workloads/templates.ts'
import { terminatingNamespaces } from './workloads/terminating-namespaces.ts'

export function allGuardrails (parties: Parties): Guardrail[] {
  return [
    tenantObjects(parties),
    tenantNamespaces(parties),
    tenantNamespaceGuardrail(parties),
    engine(parties),
    exemptTokens(parties),
    exemptWorkloads(parties),
    retainedTenants,
    listedNamespaces(parties),
    protectedDefinitions,
    reachingClasses,
    ...[
      services, endpoints, endpointSlices, ingresses, routes, annotations, volumeClaims, deviceClaims, disruptionBudgets, pods,
      podTemplates, daemonSetTemplates, podEvictions, networkPolicies(parties), narrowedNetworkPolicies
    ]
      .map(guardrail => ({ ...workloadGuardrail(guardrail, parties), hasParameter: true })),
    ...[podStatus, podDeletion, events(parties), serviceAccountTokens(parties)].map(guardrail => workloadGuardrail(guardrail, parties)),
    terminatingNamespaces(parties)
  ]
}

/** Bounds what is used in namespaces of Tenants, by cluster administrators too. */
function workloadGuardrail (guardrail: Guardrail, parties: Parties): Guardrail {
  const conditions = { ...exceptBreakGlass(parties), ...guardrail.conditions }
  return { ...guardrail, namespaceLabel: labels.tenant, conditions }
}
