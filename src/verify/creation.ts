import type { DryRun, Resource } from '../kubernetes/api-request.ts'
import type { Fields } from '../kubernetes/json.ts'

/** The name of every object that is created in a dry run. */
export const verifyName = 'k8s-mtp-verify'

/** A dry run that creates an object of this kind. */
export function creation (resource: Resource, namespace: string, content: object): DryRun {
  const { apiVersion, kind } = resource
  const object: Fields = { apiVersion, kind, metadata: { name: verifyName, namespace }, ...content }
  return { verb: 'create', resource, place: { namespace }, content: object }
}
