import type { ObjectRef } from '../cluster/kube-object.ts'
import { client } from '../e2e/context.ts'

/** What stands at a path of keys and indexes, `spec.containers.0.image`; undefined where there is nothing. */
export function valueAt (object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object)
}

export async function fieldOf (ref: ObjectRef, path: string): Promise<unknown> {
  return valueAt(await client().get(ref), path)
}

/** Of all objects of a kind. */
export async function namesOf (apiVersion: string, kind: string): Promise<string[]> {
  return (await client().list({ apiVersion, kind })).items.map(({ metadata }) => metadata.name)
}
