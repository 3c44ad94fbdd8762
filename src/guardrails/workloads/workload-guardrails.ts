import type { Guardrail, Parties } from '../guardrail.ts'
import { endpointSlices } from './endpoint-slices.ts'
import { endpoints } from './endpoints.ts'
import { ingresses } from './ingresses.ts'
import { podStatus } from './pod-status.ts'
import { pods } from './pods.ts'
import { services } from './services.ts'
import { volumeClaims } from './volume-claims.ts'

/** What the workloads of tenants may use, for everybody: a cluster admin in the namespace of a tenant is bound by its class too. */
export function workloadGuardrails (parties: Parties): Guardrail[] {
  return [services, endpoints, endpointSlices, podStatus, ingresses, volumeClaims, pods].map(guardrail => guardrail(parties))
}
