/** Returns the value at a path of keys and indexes, `spec.containers.0.image`; undefined where there is none. */
export function valueAt (object: unknown, path: string): unknown {
  return path.split('.')
    .reduce((value: unknown, key) => isObject(value) ? value[key] : undefined, object)
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
