/** What stands at a path of keys and indexes, `spec.containers.0.image`; undefined where there is nothing. */
export function valueAt (object: unknown, path: string): unknown {
  return path.split('.').reduce((value: unknown, key) => typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined, object)
}
