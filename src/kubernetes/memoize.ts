/**
 * Computes a pure function once for each object, as long as the object is in use. Requires that the object does not change. Two equal
 * objects are two: see `sharedClass` of tenancy/observed.
 */
export function memoize<Key extends object, Result> (compute: (key: Key) => Result): (key: Key) => Result {
  const results = new WeakMap<Key, { result: Result }>()
  return key => {
    const known = results.get(key)
    if (known !== undefined) return known.result
    const result = compute(key)
    results.set(key, { result })
    return result
  }
}
