/** The API server refuses a status with messages beyond 32 KiB, and people stop reading earlier. */
const maxItems = 20

/** `a, b and 3 more`. */
export function shortenList (items: readonly string[], separator = ', '): string {
  const left = items.length - maxItems
  return left <= 0 ? items.join(separator) : `${items.slice(0, maxItems).join(separator)} and ${left} more`
}
