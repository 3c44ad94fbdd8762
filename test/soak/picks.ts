import fc from 'fast-check'

/** The random decisions of one operation, in their order. */
export interface Picks {
  /** A whole number from 0 to below the bound. */
  below (bound: number): number
  /** True in so many of a hundred cases. */
  percent (chance: number): boolean
  /** Undefined for an empty list. */
  of<T> (items: readonly T[]): T | undefined
  /** One of the items, by their weights. */
  weighted<T> (items: ReadonlyArray<readonly [weight: number, item: T]>): T
  /** Some of the items, in their order. */
  some<T> (items: readonly T[], chance: number): T[]
}

/** So many decisions are drawn for an operation; further ones repeat them. */
const LENGTH = 32

/** The decisions of all operations of a run: the same for the same seed, and those of a shorter run are their beginning. */
export function picksOf (seed: number, count: number): Picks[] {
  const numbers = fc.array(fc.noBias(fc.nat(0x7fffffff)), { minLength: LENGTH, maxLength: LENGTH })
  return fc.sample(numbers, { seed, numRuns: count }).map(picks)
}

function picks (numbers: readonly number[]): Picks {
  let index = 0
  const below = (bound: number): number => (numbers[index++ % numbers.length] ?? 0) % bound
  const percent = (chance: number): boolean => below(100) < chance
  return {
    below,
    percent,
    of: items => items.length === 0 ? undefined : items[below(items.length)],
    weighted (items) {
      let rest = below(items.reduce((sum, [weight]) => sum + weight, 0))
      const found = items.find(([weight]) => (rest -= weight) < 0)
      if (found === undefined) throw new Error('there is nothing to choose from')
      return found[1]
    },
    some: (items, chance) => items.filter(() => percent(chance))
  }
}
