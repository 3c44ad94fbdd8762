/** One key of two maps, with the values that they have there: one of them, or both. */
export type Pair<T> = [before: T, after: T | undefined] | [before: undefined, after: T]

/** Lists all keys of two maps, those of the first one first. */
export function pairsOf<T> (before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Array<Pair<T>> {
  return [
    ...[...before].map(([key, value]): Pair<T> => [value, after.get(key)]),
    ...[...after].filter(([key]) => !before.has(key)).map(([, value]): Pair<T> => [undefined, value])
  ]
}

/** The fields before and after, each only where there is a value. */
export function beforeAndAfter<T> (before: T | undefined, after: T | undefined): { before?: T, after?: T } {
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) }
}
