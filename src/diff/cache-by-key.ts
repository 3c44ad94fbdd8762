/** Results kept at once: those of the changes that many Tenants share. */
const max = 1000

/** Keeps results by a text that says all about the arguments. Forgets all of them when there are too many. */
export function cacheByKey<T> (): (key: string, compute: () => T) => T {
  const results = new Map<string, T>()
  return (key, compute) => {
    const known = results.get(key)
    if (known !== undefined) return known
    if (results.size >= max) results.clear()
    const result = compute()
    results.set(key, result)
    return result
  }
}
