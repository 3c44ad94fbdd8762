/** Compares by code units: the locale of a machine must not change manifests. */
export function compareText (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
