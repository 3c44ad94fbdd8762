import { apiVersion } from '../../api/group.ts'
import { any } from '../../api/workload-policy.ts'
import { workloadPolicyName } from '../../tenancy/desired/workload-rules.ts'
import { quoted } from '../cel.ts'
import type { Parameter } from '../guardrail.ts'

/**
 * What the guardrails for workloads go by. Where it is missing nothing is created; what is there may be updated, or nothing with a
 * finalizer could ever leave a namespace that is being emptied: the parameter goes with the rest, and is looked for before anything else.
 */
export const workloadParameter: Parameter = {
  apiVersion,
  kind: 'WorkloadPolicy',
  name: workloadPolicyName,
  whenMissing: { CREATE: 'Deny', UPDATE: 'Allow' }
}

/** True where a list of names lets this name through, or any. */
export const isListed = (name: string, list: string): string => `(${quoted(any)} in ${list} || ${name} in ${list})`

/** True where an address lies in one of the networks. What is no address in its usual form lies in none. */
export const isWithin = (address: string, networks: string): string =>
  `(isIP(${address}) && ${networks}.exists(network, isCIDR(network) && cidr(network).containsIP(${address})))`

/** `TenantClass default does not allow Service type NodePort: spec.workloads.services.types lists ClusterIP`. */
export function notAllowed (what: string, field: string): { cel: string } {
  const list = `params.spec.${field}`
  return { cel: `'TenantClass ' + params.spec.className + ' does not allow ' + ${what} + ': spec.workloads.${field} lists ' + (${list}.size() == 0 ? 'none' : ${list}.join(', '))` }
}
