import { isQualifiedName } from '../api/validation/label-syntax.ts'

/** The grammar of resource names. Source: k8s.io/kubernetes/pkg/apis/core/validation */

export const hasPrefix = (name: string): boolean => name.includes('/')

/** Such as nvidia.com/gpu: counted in whole numbers, and never overcommitted. */
export function isExtendedResource (name: string): boolean {
  return hasPrefix(name) && !name.includes('kubernetes.io/') && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`)
}

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
