import type { Violation } from '../api/validation/checker.ts'
import { canonicalAmounts, type Amounts } from './amounts.ts'
import { isQualifiedName } from '../api/validation/label-syntax.ts'
import { compareQuantities, largestQuantity, parseQuantity, refusedQuantity } from './quantity.ts'
import { hasPrefix, isExtendedResource, isHugePages } from './resource-names.ts'

export const limitFields = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const
export type LimitField = typeof limitFields[number]

type LimitRangeItemOf<Amount> = { type: 'Container' | 'Pod' | 'PersistentVolumeClaim' } & Partial<Record<LimitField, Amounts<Amount>>>

export type LimitRangeItem = LimitRangeItemOf<string | number>
export type CanonicalLimitRangeItem = LimitRangeItemOf<string>

/** Fills an item as the API server does: for containers, default limits from max, default requests from those, then from min. */
export function defaultedLimitRangeItem (item: LimitRangeItem): CanonicalLimitRangeItem {
  // fromEntries loses the keys
  const canonical = Object.fromEntries(limitFields.map(field => [field, canonicalAmounts(item[field])])) as Record<LimitField, Amounts>
  if (item.type === 'Container') {
    canonical.default = { ...canonical.max, ...canonical.default }
    canonical.defaultRequest = { ...canonical.min, ...canonical.default, ...canonical.defaultRequest }
  }
  const filled = limitFields.filter(field => Object.keys(canonical[field]).length > 0)
  return { type: item.type, ...Object.fromEntries(filled.map(field => [field, canonical[field]])) }
}

/** Validates the items of one LimitRange, with at most one of each type. Paths start at its spec: `limits[1].max.cpu`. */
export function validateLimitRange (items: readonly LimitRangeItem[]): Violation[] {
  return items.flatMap((item, index) => [
    ...validateLimitRangeItem(item).map(({ path, message }) => ({ path: ['limits', index, ...path], message })),
    ...(items.findIndex(({ type }) => type === item.type) < index
      ? [{ path: ['limits', index, 'type'], message: `repeats the type ${item.type}. Merge the two items` }]
      : [])
  ])
}

/**
 * Lists what the API server refuses, and what it accepts and ignores: negative amounts, numbers above 2^63-1, and other
 * resources than storage in an item for PersistentVolumeClaims.
 */
export function validateLimitRangeItem (item: LimitRangeItem): Violation[] {
  const unreadable = limitFields.flatMap(field => Object.entries(item[field] ?? {})
    .flatMap(([resource, amount]) => violation(field, resource, refusedLimit(amount))))
  if (unreadable.length > 0) return unreadable
  return [
    ...limitFields.flatMap(field => Object.keys(item[field] ?? {})
      .flatMap(resource => violation(field, resource, refusedName(item.type, resource)))),
    ...typeViolations(item),
    ...resourcesOf(item).flatMap(resource => [
      ...orderViolations(item, resource),
      ...ratioViolations(item, resource),
      ...overcommitViolations(defaultedLimitRangeItem(item), resource)
    ])
  ]
}

function violation (field: LimitField, resource: string, message: string | undefined): Violation[] {
  return message === undefined ? [] : [{ path: [field, resource], message }]
}

/** Says what is wrong with an amount on its own; undefined for a valid one. */
export function refusedLimit (amount: string | number): string | undefined {
  return refusedQuantity(amount, quantity =>
    compareQuantities(quantity, largestQuantity) > 0 ? `must not exceed 2^63-1, but is ${amount}` : undefined)
}

const containerResources: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage'])

function refusedName (type: LimitRangeItem['type'], resource: string): string | undefined {
  if (!isQualifiedName(resource)) return 'is not a resource name. Write it like cpu or nvidia.com/gpu'
  if (type === 'PersistentVolumeClaim') {
    return resource === 'storage'
      ? undefined
      : 'is not a resource of PersistentVolumeClaims. Write storage'
  }
  if (!hasPrefix(resource)) {
    return containerResources.has(resource) || isHugePages(resource)
      ? undefined
      : 'is not a resource of containers. Use cpu, memory, ephemeral-storage, hugepages-<size> or an extended one such as nvidia.com/gpu'
  }
  return resource.includes('kubernetes.io/') || isExtendedResource(resource)
    ? undefined
    : 'is not an extended resource. Write it as containers request it, such as nvidia.com/gpu'
}

function typeViolations (item: LimitRangeItem): Violation[] {
  if (item.type === 'Pod') {
    return (['default', 'defaultRequest'] as const).filter(field => Object.keys(item[field] ?? {}).length > 0)
      .map(field => ({ path: [field], message: 'is not allowed in items of type Pod. Move it to an item of type Container' }))
  }
  if (item.type === 'Container' || item.max?.storage !== undefined || item.min?.storage !== undefined) return []
  return [{ path: ['max'], message: 'an item of type PersistentVolumeClaim needs max.storage or min.storage. Add one' }]
}

/** Defaults that the API server fills in keep these orders, if the written amounts do. */
const orders: ReadonlyArray<readonly [lower: LimitField, upper: LimitField]> = [
  ['min', 'max'], ['min', 'defaultRequest'], ['min', 'default'],
  ['defaultRequest', 'default'], ['defaultRequest', 'max'], ['default', 'max']
]

function orderViolations (item: LimitRangeItem, resource: string): Violation[] {
  return orders.flatMap(([lower, upper]) => {
    const [low, high] = [read(item, lower, resource), read(item, upper, resource)]
    if (low === undefined || high === undefined || compareQuantities(low, high) <= 0) return []
    return violation(lower, resource, `${item[lower]?.[resource]} exceeds ${upper}.${resource} ${item[upper]?.[resource]}. Lower it, ` +
      `or raise ${upper}.${resource}`)
  })
}

function ratioViolations (item: LimitRangeItem, resource: string): Violation[] {
  const [ratio, min, max] = [read(item, 'maxLimitRequestRatio', resource), read(item, 'min', resource), read(item, 'max', resource)]
  if (ratio === undefined) return []
  if (ratio.milli < 1000n) {
    return violation('maxLimitRequestRatio', resource, 'is below 1, and a limit is never below its request. Raise it')
  }
  if (min === undefined || max === undefined || ratio.milli * min.milli <= max.milli * 1000n) return []
  return violation('maxLimitRequestRatio', resource, `exceeds max.${resource} divided by min.${resource}. Lower or remove it`)
}

function overcommitViolations (item: CanonicalLimitRangeItem, resource: string): Violation[] {
  const [limit, request] = [read(item, 'default', resource), read(item, 'defaultRequest', resource)]
  const overcommits = !isHugePages(resource) && !isExtendedResource(resource)
  if (overcommits || limit === undefined || request === undefined || compareQuantities(limit, request) === 0) return []
  return violation('defaultRequest', resource, `must equal default.${resource} (by default max.${resource}): extended resources and ` +
    'huge pages cannot be overcommitted')
}

function resourcesOf (item: LimitRangeItem): string[] {
  return [...new Set(limitFields.flatMap(field => Object.keys(item[field] ?? {})))]
}

const read = (item: LimitRangeItem, field: LimitField, resource: string) => {
  const amount = item[field]?.[resource]
  return amount === undefined ? undefined : parseQuantity(amount)
}
