import { any } from '../../api/workload-policy.ts'
import { quoted } from '../cel.ts'

/** What the TenantClass allows, as the WorkloadPolicy in `params` has it. */

export const allowsAny = (list: string): string => `${quoted(any)} in ${list}`

export const isListed = (name: string, list: string): string => `(${allowsAny(list)} || ${name} in ${list})`

/** True for an address in one of the networks. A string that is not an address in canonical form is in none. */
export const isWithin = (address: string, networks: string): string =>
  `(isIP(${address}) && ${networks}.exists(network, isCIDR(network) && cidr(network).containsIP(${address})))`

/** True for a name below one of the patterns, such as `*.shop.example.com`, or equal to one. */
export const isHostIn = (host: string, patterns: string): string => `
  (${allowsAny(patterns)} || ${patterns}.exists(pattern, pattern == ${host}
  || (pattern.startsWith('*.') && ${host}.endsWith(pattern.substring(1)))))`

/** For a field that can have a value of the list: with an empty list, only another class helps. */
export const setField = (field: string): string => `Set ${field} to a listed value`

/** `TenantClass default does not allow Service type NodePort: spec.workloads.services.types lists ClusterIP. Set spec.type to ...` */
export function notAllowed (what: string, field: string, remedy: string, item = 'item'): string {
  const list = `params.spec.${field}`
  const end = remedy.startsWith('Set ') && remedy.endsWith(' to a listed value')
    ? `{(${list}.size() == 0 ? 'C' : '${remedy}, or c')}hange the TenantClass`
    : `${remedy}, or change the TenantClass`
  return `TenantClass {params.spec.className} does not allow ${what}: spec.workloads.${field} lists ` +
    `{(${list}.size() == 0 ? 'none' : ${list}.map(item, ${item}).join(', '))}. ${end}`
}

/** The same for a field that is true or false, or a number. */
export function notEnabled (what: string, field: string, remedy: string): string {
  return `TenantClass {params.spec.className} does not allow ${what}: spec.workloads.${field} is ` +
    `{string(params.spec.${field})}. ${remedy}, or change the TenantClass`
}
