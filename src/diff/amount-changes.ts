import { exceeds } from '../kubernetes/amounts.ts'
import { formatQuantity, parseQuantity } from '../kubernetes/quantity.ts'
import { limitFields } from '../kubernetes/limit-range-items.ts'
import type { Manifest } from '../tenancy/desired/manifest.ts'
import { beforeAndAfter, pairsOf } from './keyed-pairs.ts'
import type { Direction, LimitChange, QuotaChange } from './report.ts'

type Amounts = ReadonlyMap<string, { path: string[], amount: string }>

interface AmountChange { path: string[], before?: string, after?: string, difference?: string }

/** Lists the amounts of ResourceQuotas that differ. */
export function quotaChanges (before: readonly Manifest[], after: readonly Manifest[]): QuotaChange[] {
  return changesBetween(quotasIn(before), quotasIn(after)).map(({ path: [quota = '', resource = ''], ...change }) =>
    ({ quota, resource, ...change }))
}

function quotasIn (contents: readonly Manifest[]): Amounts {
  return amounts(contents.filter(manifest => manifest.kind === 'ResourceQuota').flatMap(({ metadata, spec }) =>
    Object.entries(spec.hard ?? {}).map(([resource, amount]) => ({ path: [metadata.name, resource], amount }))))
}

/** Lists the amounts of the LimitRange that differ. */
export function limitChanges (before: readonly Manifest[], after: readonly Manifest[]): LimitChange[] {
  return changesBetween(limitsIn(before), limitsIn(after)).map(({ path: [type = '', field = '', resource = ''], ...change }) =>
    ({ type, field, resource, ...change, direction: directionOf(field, change) }))
}

function limitsIn (contents: readonly Manifest[]): Amounts {
  const items = contents.filter(manifest => manifest.kind === 'LimitRange').flatMap(({ spec }) => spec.limits)
  return amounts(items.flatMap(item => limitFields.flatMap(field =>
    Object.entries(item[field] ?? {}).map(([resource, amount]) => ({ path: [item.type, field, resource], amount })))))
}

function amounts (all: Array<{ path: string[], amount: string }>): Amounts {
  return new Map(all.map(entry => [JSON.stringify(entry.path), entry]))
}

function changesBetween (before: Amounts, after: Amounts): AmountChange[] {
  return pairsOf(before, after).filter(([was, is]) => was?.amount !== is?.amount).map(([was, is]) => {
    const difference = differenceOf(was?.amount, is?.amount)
    return {
      path: was?.path ?? is?.path ?? [],
      ...beforeAndAfter(was?.amount, is?.amount),
      ...(difference !== undefined && { difference })
    }
  })
}

/** `+1500m`, in the format of the amount after. */
function differenceOf (before = '', after = ''): string | undefined {
  const [was, is] = [parseQuantity(before), parseQuantity(after)]
  if (was === undefined || is === undefined) return undefined
  const milli = is.milli - was.milli
  const text = formatQuantity({ milli: milli < 0n ? -milli : milli, format: is.format === 'binary' ? is.format : was.format })
  return `${milli < 0n ? '-' : '+'}${text}`
}

/** A maximum and a ratio bound from above, and a minimum from below. Without one, there is no bound. Defaults are no bounds. */
function directionOf (field: string, { before, after }: Omit<AmountChange, 'path'>): Direction {
  if (field !== 'max' && field !== 'min' && field !== 'maxLimitRequestRatio') return 'changed'
  if (before === undefined || after === undefined) return before === undefined ? 'tightened' : 'loosened'
  const isHigher = exceeds(after, before)
  return isHigher === (field === 'min') ? 'tightened' : 'loosened'
}
