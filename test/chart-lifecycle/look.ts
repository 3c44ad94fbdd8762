import type { ObjectRef } from '../cluster/kube-object.ts'
import { client } from '../e2e/context.ts'
import { valueAt } from '../support/value-at.ts'

/** Of an object in the cluster, what stands at a path such as `status.readyReplicas`. */
export async function fieldOf (ref: ObjectRef, path: string): Promise<unknown> {
  return valueAt(await client().get(ref), path)
}

/** Of all objects of a kind. */
export async function namesOf (apiVersion: string, kind: string): Promise<string[]> {
  return (await client().list({ apiVersion, kind })).items.map(({ metadata }) => metadata.name)
}
