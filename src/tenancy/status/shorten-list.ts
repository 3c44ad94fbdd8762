/** How many things a message names: the API server refuses a status whose messages pass 32 KiB, and people stop reading earlier. */
const most = 20

/** `a, b and 3 more`: the first of many, and how many are left out. */
export function listed (items: readonly string[], separator = ', '): string {
  const left = items.length - most
  return left <= 0 ? items.join(separator) : `${items.slice(0, most).join(separator)} and ${left} more`
}
