import { isQualifiedName } from '../api/validation/label-syntax.ts'
import { compareQuantities, largestQuantity, refusedQuantity } from './quantity.ts'
import { hasPrefix, isExtendedResource, isHugePages } from './resource-names.ts'

/**
 * Validates one entry of `spec.hard` as the API server does, and stricter in two points: a resource that Kubernetes
 * accepts and never counts limits nothing, and a number above 2^63-1 is stored as another one.
 */
export function validateQuotaHard (resource: string, amount: string | number): string | undefined {
  return refusedName(resource) ?? refusedAmount(resource, amount)
}

const amounts = ['cpu', 'memory', 'ephemeral-storage'].flatMap(name => [name, `requests.${name}`, `limits.${name}`])
const counts = [
  'pods', 'services', 'services.nodeports', 'services.loadbalancers', 'secrets', 'configmaps', 'persistentvolumeclaims',
  'replicationcontrollers', 'resourcequotas'
]
const standardNames: ReadonlySet<string> = new Set([...amounts, 'requests.storage', ...counts])

/** The counted resources of the core group, which is complete. Quotas ignore events. */
const coreResources: ReadonlySet<string> = new Set([
  'configmaps', 'endpoints', 'limitranges', 'persistentvolumeclaims', 'pods', 'podtemplates',
  'replicationcontrollers', 'resourcequotas', 'secrets', 'serviceaccounts', 'services'
])

/** Names with a plain spelling that counts the same. Not pods: `count/pods` counts finished ones too, `pods` does not. */
const plainCounts = counts.filter(name => coreResources.has(name) && name !== 'pods').map(name => `count/${name}`)

/** Returns one name for all spellings of a counted resource: `cpu` is `requests.cpu`, `count/secrets` is `secrets`. */
export function countedResource (name: string): string {
  if (plainCounts.includes(name)) return name.replace('count/', '')
  return ['cpu', 'memory', 'ephemeral-storage'].includes(name) || isHugePages(name) ? `requests.${name}` : name
}

function refusedName (resource: string): string | undefined {
  if (!isQualifiedName(resource)) return 'is not a resource name. Write it like pods, requests.cpu or count/deployments.apps'
  if (!hasPrefix(resource)) return refusedStandardName(resource)
  return resource.startsWith('count/') ? refusedCount(resource.slice('count/'.length)) : refusedPrefixedName(resource)
}

function refusedStandardName (resource: string): string | undefined {
  if (standardNames.has(resource) || isHugePages(resource) || resource.startsWith('requests.hugepages-')) return undefined
  if (resource === 'storage') return 'is not counted by quotas. Write requests.storage'
  if (coreResources.has(resource)) return `is not counted by that name. Write count/${resource}`
  return `is not a resource of quotas. Use one of ${[...standardNames].join(', ')}, or count/<resource>.<group> to count objects`
}

function refusedCount (counted: string): string | undefined {
  if (/^events(\.events\.k8s\.io)?$/.test(counted)) return 'never counts anything, since quotas ignore events. Remove it'
  if (counted.includes('.') || coreResources.has(counted)) return undefined
  return `never counts anything, since ${counted} is not in the core group. Add its group, as in count/deployments.apps`
}

const countedPrefixedNames = [
  /^requests\.(?!.*kubernetes\.io\/)/,
  /^requests\.deviceclass\.resource\.kubernetes\.io\//,
  /\.storageclass\.storage\.k8s\.io\/(requests\.storage|persistentvolumeclaims)$/,
  /\.deviceclass\.resource\.k8s\.io\/devices$/
]

function refusedPrefixedName (resource: string): string | undefined {
  if (countedPrefixedNames.some(pattern => pattern.test(resource))) return undefined
  const device = resource.replace(/^limits\./, '')
  const advice = isExtendedResource(device) ? `Write requests.${device}` : 'Write requests.<resource>, as in requests.nvidia.com/gpu'
  return `is accepted by Kubernetes and never counted. ${advice}`
}

const one = 1000n

function refusedAmount (resource: string, amount: string | number): string | undefined {
  return refusedQuantity(amount, quantity => {
    const integer = counts.includes(resource) || isExtendedResource(resource)
    if (integer && quantity.milli % one !== 0n) return `must be a whole number, but is ${amount}`
    // The API server checks whole numbers in thousandths, with 64 bits.
    const max = integer ? { ...largestQuantity, milli: largestQuantity.milli / one } : largestQuantity
    return compareQuantities(quantity, max) > 0 ? `must not exceed ${max.milli / one}, but is ${amount}` : undefined
  })
}
