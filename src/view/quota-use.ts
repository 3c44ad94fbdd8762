import { Type, type Static } from '@sinclair/typebox'
import { OneOf } from '../api/one-of.ts'
import { compareText } from '../kubernetes/compare-text.ts'
import { fieldsAt, textAt } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { compareQuantities, parseQuantity, type Quantity } from '../kubernetes/quantity.ts'
import { kindCountedAs } from '../tenancy/desired/child-kinds.ts'

export const ResourceUse = Type.Object({
  resource: Type.String({ description: 'The resource, as the quota names it: pods, requests.cpu.' }),
  used: Type.String({ description: 'The quantity in use.' }),
  hard: Type.String({ description: 'The quantity that the quota allows.' }),
  percent: Type.Optional(Type.Integer({ description: 'used of hard, rounded down. Absent where hard is 0.' })),
  level: OneOf(['ok', 'high', 'full', 'exceeded'], {
    description: 'high: above 80 %. full: used equals hard. exceeded: used is more than hard, as after the quota was lowered.'
  })
}, { description: 'The use of one resource of a quota.' })
export type ResourceUse = Static<typeof ResourceUse>

/** Above it, one more replica may be refused. */
const highPercent = 80

/** The use of each resource, by the status: the API server admits by it. Highest use first. */
export function usesOf (quota: ObservedObject): ResourceUse[] {
  const status = fieldsAt(quota, 'status')
  const [hard, used] = [fieldsAt(status, 'hard'), fieldsAt(status, 'used')]
  return Object.keys(hard).flatMap(resource =>
    resourceUse(resource, textAt(used, resource) || '0', textAt(hard, resource)) ?? []).sort(byUse)
}

/** Undefined where one of the two is no quantity. */
export function resourceUse (resource: string, used: string, hard: string): ResourceUse | undefined {
  const [usedQuantity, hardQuantity] = [parseQuantity(used), parseQuantity(hard)]
  if (usedQuantity === undefined || hardQuantity === undefined) return undefined
  const percent = percentOf(usedQuantity, hardQuantity)
  return { resource, used, hard, ...(percent !== undefined && { percent }), level: levelOf(usedQuantity, hardQuantity) }
}

function percentOf (used: Quantity, hard: Quantity): number | undefined {
  return hard.milli <= 0n ? undefined : Number(used.milli * 100n / hard.milli)
}

function levelOf (used: Quantity, hard: Quantity): ResourceUse['level'] {
  const difference = compareQuantities(used, hard)
  if (difference > 0) return 'exceeded'
  if (used.milli <= 0n) return 'ok'
  if (difference === 0) return 'full'
  return used.milli * 100n > hard.milli * BigInt(highPercent) ? 'high' : 'ok'
}

/** Sorts the highest use first. What is exceeded without a percentage, as of a resource that is not allowed, comes before all. */
export function byUse (a: ResourceUse, b: ResourceUse): number {
  return pressureOf(b) - pressureOf(a) || compareText(a.resource, b.resource)
}

/** Most objects of the kinds of k8s-mtp are its own: they say something about the use by members only where they are many. */
export function isOfMembers ({ resource, level }: ResourceUse): boolean {
  return level !== 'ok' || kindCountedAs(resource) === undefined
}

/** For comparison: the percentage, or Infinity for something in use that is not allowed. */
export function pressureOf ({ percent, level }: ResourceUse): number {
  return percent ?? (level === 'exceeded' ? Number.MAX_SAFE_INTEGER : 0)
}
