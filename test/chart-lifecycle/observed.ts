import type { ObjectRef } from '../cluster/kube-object.ts'
import { client } from '../e2e/context.ts'
import { valueAt } from '../support/value-at.ts'

/** Reads the field at a path such as `status.readyReplicas` of an object in the cluster. */
export async function fieldOf (ref: ObjectRef, path: string): Promise<unknown> {
  return valueAt(await client().get(ref), path)
}

/** Returns the names of all objects of a kind. */
export async function namesOf (apiVersion: string, kind: string): Promise<string[]> {
  return (await client().list({ apiVersion, kind })).items.map(({ metadata }) => metadata.name)
}
