import { apiVersion } from '../../api/group.ts'
import { isFields } from '../../kubernetes/json.ts'
import type { KubernetesObject } from '../../kubernetes/object.ts'
import { workloadPolicyName } from '../desired/workload-policy-manifest.ts'
import type { LooseTenant } from '../observed/loose-tenant.ts'

/**
 * Cordons the WorkloadPolicy of a Tenant on hold: refusing pods must not wait until another field is corrected. The spec is
 * not in the child if its field owners were reset.
 */
export function cordon (child: KubernetesObject, { cordoned, namespace }: LooseTenant): KubernetesObject {
  const { metadata, kind, spec } = child
  const isPolicy = child.apiVersion === apiVersion && kind === 'WorkloadPolicy' && metadata.name === workloadPolicyName
  if (!cordoned || !isPolicy || metadata.namespace !== namespace) return child
  return { ...child, spec: { ...(isFields(spec) && spec), cordoned: true } }
}
