/** A random number generator whose whole sequence follows from its seed. Source: https://en.wikipedia.org/wiki/Xorshift */
export interface Random {
  /** A whole number below the bound. */
  below: (bound: number) => number
  oneOf: <T>(items: readonly [T, ...T[]]) => T
  chance: (probability: number) => boolean
}

export function createRandom (seed: number): Random {
  let state = (seed >>> 0) || 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
  const below = (bound: number) => Math.floor(next() * bound)
  return {
    below,
    oneOf: items => items[below(items.length)] ?? items[0],
    chance: probability => next() < probability
  }
}
