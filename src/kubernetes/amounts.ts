import { canonicalQuantity, compareQuantities, parseQuantity } from './quantity.ts'

/** Resource name to quantity, such as `{cpu: '500m'}`. */
export type Amounts<Amount = string> = Record<string, Amount>

/** Writes each amount in the form that the API server stores; amounts that are no quantity stay as they are. */
export function canonicalAmounts (amounts: Amounts<string | number> = {}): Amounts {
  return Object.fromEntries(Object.entries(amounts).map(([resource, amount]) => [resource, canonicalQuantity(amount) ?? String(amount)]))
}

/** False also where one of the two is no quantity: that is reported elsewhere. */
export function exceeds (amount: string | number, bound: string | number): boolean {
  const [left, right] = [parseQuantity(amount), parseQuantity(bound)]
  return left !== undefined && right !== undefined && compareQuantities(left, right) > 0
}
