import type { Bound } from '../../api/bound.ts'
import type { Quantity } from '../../api/resource-amounts.ts'
import { exceeds } from '../../kubernetes/amounts.ts'
import { parseQuantity } from '../../kubernetes/quantity.ts'

/** Lists what is wrong with a bound of the class. */
export function boundProblems ({ min, max }: Bound): string[] {
  const invalid = [min, max].filter(amount => amount !== undefined && parseQuantity(amount) === undefined)
  if (invalid.length > 0) return invalid.map(amount => `${amount} is not a quantity. Write it like 500m, 2 or 1Gi`)
  return min !== undefined && max !== undefined && exceeds(min, max) ? [`min ${min} exceeds max ${max}`] : []
}

/** Says why an amount is out of its bound; undefined where it is within. */
export function amountRefusal (amount: Quantity, bound: Bound | undefined, className: string): string | undefined {
  if (bound === undefined) return `cannot be overridden under TenantClass ${className}`
  if (bound.max !== undefined && exceeds(amount, bound.max)) return `${amount} exceeds the maximum ${bound.max} of TenantClass ${className}`
  if (bound.min !== undefined && exceeds(bound.min, amount)) {
    return `${amount} is below the minimum ${bound.min} of TenantClass ${className}`
  }
  return undefined
}
