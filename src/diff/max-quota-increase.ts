import { parseQuantity } from '../kubernetes/quantity.ts'
import { countedResource } from '../kubernetes/quota-resources.ts'
import { tenantsByNamespace } from '../tenancy/desired/tenant-of-entry.ts'
import type { Side } from './diff.ts'
import type { QuotaChange } from './report.ts'

/** How much a quota may be raised: in percent of its amount before, or by an amount. */
type Bound = { percent: number } | { amount: string }

/** Bounds by counted resource, and of all others. */
export interface MaxQuotaIncrease { byResource: ReadonlyMap<string, Bound>, others?: Bound }

/** Reads `50%`, `requests.cpu=4` or `pods=20%`. Returns the text that it cannot read. */
export function parseMaxQuotaIncrease (texts: readonly string[]): MaxQuotaIncrease | { invalid: string } {
  const byResource = new Map<string, Bound>()
  let others: Bound | undefined
  for (const text of texts) {
    const [, resource, value = ''] = /^(?:([^=]+)=)?(.+)$/.exec(text) ?? []
    const bound = boundOf(value)
    if (bound === undefined || (resource === undefined && 'amount' in bound)) return { invalid: text }
    if (resource === undefined) others = bound
    else byResource.set(countedResource(resource), bound)
  }
  return { byResource, ...(others !== undefined && { others }) }
}

function boundOf (text: string): Bound | undefined {
  const [, percent] = /^(\d{1,6})%$/.exec(text) ?? []
  if (percent !== undefined) return { percent: Number(percent) }
  const quantity = parseQuantity(text)
  return quantity === undefined || quantity.milli < 0n ? undefined : { amount: text }
}

/** Lists the resources with a bound that no quota of either side counts, and all that are counted. */
export function uncountedResources ({ byResource }: MaxQuotaIncrease, sides: readonly Side[]): { unknown: string[], counted: string[] } {
  const specs = sides.flatMap(({ tenants, classes }) =>
    [...[...tenants.values()].flatMap(tenantsByNamespace), ...classes.values()].map(({ spec }) => spec.quotas ?? {}))
  const counted = new Set(specs.flatMap(quotas => Object.values(quotas)).flatMap(quota => Object.keys(quota).map(countedResource)))
  return { unknown: [...byResource.keys()].filter(resource => !counted.has(resource)), counted: [...counted].sort() }
}

/** Says which bound a change exceeds; undefined for none. A quota that no longer bounds its resource exceeds every bound. */
export function exceededIncrease ({ resource, before, after }: QuotaChange, { byResource, others }: MaxQuotaIncrease): string | undefined {
  const bound = byResource.get(countedResource(resource)) ?? others
  const was = parseQuantity(before ?? '')
  if (bound === undefined || was === undefined) return undefined
  const is = parseQuantity(after ?? '')
  return is === undefined || is.milli > highestOf(was.milli, bound) ? boundName(bound) : undefined
}

const boundName = (bound: Bound): string => 'percent' in bound ? `${bound.percent}%` : bound.amount

function highestOf (milli: bigint, bound: Bound): bigint {
  return 'percent' in bound ? milli * BigInt(100 + bound.percent) / 100n : milli + (parseQuantity(bound.amount)?.milli ?? 0n)
}
