import { deepFreeze, isEqualJson } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'

/** Bounds of what is kept: some classes in each of few versions. In memory an object has up to twenty times the size of its JSON. */
const maxClasses = 100
const maxLength = 1024 * 1024

/** Classes of the last requests, by version, with the length of their JSON; the one used last is the last. */
const shared = new Map<string, { content: ObservedObject, length: number }>()

/**
 * Returns the content of a class, as one object for all equal observations, so that what depends on it alone is computed once: see
 * `memoize`. Every request contains the class again. The version only finds a candidate, which must be equal in every field: a request
 * with another class under the same version, forged or restored from a backup, gets a result of its own.
 */
export function sharedClass (observed: ObservedObject): ObservedObject {
  const content = contentOf(observed)
  const version = versionOf(observed)
  const known = shared.get(version)
  if (known !== undefined && isEqualJson(known.content, content)) {
    shared.delete(version)
    shared.set(version, known)
    return known.content
  }
  const json = JSON.stringify(content)
  if (json.length > maxLength) return content
  // A copy, so that neither the request stays in memory, nor a change of its objects reaches other requests.
  const copy = deepFreeze(JSON.parse(json) as ObservedObject)
  shared.delete(version)
  shared.set(version, { content: copy, length: json.length })
  forgetOldest()
  return copy
}

/** Without the rest of the metadata: who has set which field is no part of a class. */
function contentOf ({ apiVersion, kind, metadata: { name }, ...others }: ObservedObject): ObservedObject {
  return { apiVersion, kind, metadata: { name }, ...(Object.hasOwn(others, 'spec') && { spec: others['spec'] }) }
}

function versionOf ({ metadata: { name, uid = '', resourceVersion = '' } }: ObservedObject): string {
  return JSON.stringify([name, uid, resourceVersion])
}

function forgetOldest (): void {
  let total = [...shared.values()].reduce((sum, { length }) => sum + length, 0)
  for (const [version, { length }] of shared) {
    if (shared.size <= maxClasses && total <= maxLength) return
    shared.delete(version)
    total -= length
  }
}
