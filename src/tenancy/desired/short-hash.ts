/**
 * A short, stable name for a longer text: FNV-1a over its UTF-16 code units, 64 bits in base 36. It tells names apart; it protects
 * nothing. Source: https://datatracker.ietf.org/doc/draft-eastlake-fnv/
 */
export function shortHash (text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let index = 0; index < text.length; index++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n)
  }
  return hash.toString(36)
}
