import { any } from '../../api/workload-policy.ts'
import { quoted } from '../cel.ts'

/** What the TenantClass allows, as the WorkloadPolicy in `params` has it. */

export const allowsAny = (list: string): string => `${quoted(any)} in ${list}`

export const isListed = (name: string, list: string): string => `(${allowsAny(list)} || ${name} in ${list})`

/** True for an address in one of the networks. A string that is not an address in canonical form is in none. */
export const isWithin = (address: string, networks: string): string =>
  `(isIP(${address}) && ${networks}.exists(network, isCIDR(network) && cidr(network).containsIP(${address})))`

/** `TenantClass default does not allow Service type NodePort: spec.workloads.services.types lists ClusterIP. ...` */
export function notAllowed (what: string, field: string, remedy = 'Use a listed value'): string {
  const list = `params.spec.${field}`
  return `TenantClass {params.spec.className} does not allow ${what}: spec.workloads.${field} lists ` +
    `{(${list}.size() == 0 ? 'none' : ${list}.join(', '))}. ${remedy}, or change the TenantClass`
}
