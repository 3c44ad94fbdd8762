/** The grammar of resource names. Source: k8s.io/kubernetes/pkg/apis/core/validation */

const namePart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/
const prefixPart = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** `name` or `prefix/name`, where the prefix is a DNS name. */
export function isQualifiedName (name: string): boolean {
  const parts = name.split('/')
  const last = parts.at(-1) ?? ''
  const prefix = parts.length === 2 ? parts[0] : undefined
  if (parts.length > 2 || last.length > 63 || !namePart.test(last)) return false
  return prefix === undefined || (prefix.length <= 253 && prefixPart.test(prefix))
}

export const hasPrefix = (name: string): boolean => name.includes('/')

/** Such as nvidia.com/gpu: counted in whole numbers, and never overcommitted. */
export function isExtendedResource (name: string): boolean {
  return hasPrefix(name) && !name.includes('kubernetes.io/') && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`)
}

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
