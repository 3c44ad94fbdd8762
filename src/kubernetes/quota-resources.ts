import { compareQuantities, largestQuantity, parseQuantity } from './quantity.ts'
import { hasPrefix, isExtendedResource, isHugePages, isQualifiedName } from './resource-names.ts'

/**
 * What the API server requires of `spec.hard` in a ResourceQuota, and two things more: a name that Kubernetes accepts but
 * never counts limits nothing, and a number past 2^63-1 is stored as another one.
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

/** What is counted of the core group, which is complete: any other resource has a group. Quotas leave out events. */
const coreResources: ReadonlySet<string> = new Set([
  'configmaps', 'endpoints', 'limitranges', 'persistentvolumeclaims', 'pods', 'podtemplates',
  'replicationcontrollers', 'resourcequotas', 'secrets', 'serviceaccounts', 'services'
])

function refusedName (resource: string): string | undefined {
  if (!isQualifiedName(resource)) return 'is not a resource name: write it like pods, requests.cpu or count/deployments.apps'
  if (!hasPrefix(resource)) return refusedStandardName(resource)
  return resource.startsWith('count/') ? refusedCount(resource.slice('count/'.length)) : refusedPrefixedName(resource)
}

function refusedStandardName (resource: string): string | undefined {
  if (standardNames.has(resource) || isHugePages(resource) || resource.startsWith('requests.hugepages-')) return undefined
  if (resource === 'storage') return 'is not counted by quotas: write requests.storage'
  if (coreResources.has(resource)) return `is not counted by that name: write count/${resource}`
  return `is not a resource that quotas know: use one of ${[...standardNames].join(', ')}, or count/<resource>.<group> to count objects`
}

function refusedCount (counted: string): string | undefined {
  if (/^events(\.events\.k8s\.io)?$/.test(counted)) return 'never counts anything, as quotas leave out events: remove it'
  if (counted.includes('.') || coreResources.has(counted)) return undefined
  return `never counts anything, as ${counted} is not counted in the core group: write its own group, as in count/deployments.apps`
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
  const advice = isExtendedResource(device) ? `write requests.${device}` : 'write requests.<device>, as in requests.nvidia.com/gpu'
  return `is accepted by Kubernetes but never counted: ${advice}`
}

const countsSet: ReadonlySet<string> = new Set(counts)
const one = 1000n

function refusedAmount (resource: string, amount: string | number): string | undefined {
  const quantity = parseQuantity(amount)
  if (quantity === undefined) return `${JSON.stringify(amount)} is not a quantity: write it like 500m, 2 or 1Gi`
  if (quantity.milli < 0n) return `must not be negative, and is ${amount}`
  const integer = countsSet.has(resource) || isExtendedResource(resource)
  if (integer && quantity.milli % one !== 0n) return `must be a whole number, and is ${amount}`
  // The API server checks for whole numbers in thousandths, in 64 bits.
  const most = integer ? { ...largestQuantity, milli: largestQuantity.milli / one } : largestQuantity
  return compareQuantities(quantity, most) > 0 ? `must not be more than ${most.milli / one}, and is ${amount}` : undefined
}
