import { apiVersion } from '../../api/group.ts'
import type { ObservedTenant } from '../decide.ts'
import { isFields } from '../../kubernetes/json.ts'
import type { Manifest } from '../desired/manifest.ts'
import { workloadPolicyName } from '../desired/workload-rules.ts'
import type { Owner } from '../observed/ownership.ts'

/**
 * The WorkloadPolicy of a Tenant that is held, closed where the Tenant asks for that. Like rights, admission of pods may shrink while
 * everything else stays as it is: a cordon must not wait until a typing error elsewhere is found.
 */
export function withCordon ({ spec: asked }: ObservedTenant, { namespace }: Owner, manifest: Manifest): Manifest {
  const { metadata, kind, spec } = manifest
  const isOwn = manifest.apiVersion === apiVersion && kind === 'WorkloadPolicy' && metadata.name === workloadPolicyName && metadata.namespace === namespace
  return isOwn && isFields(spec) && isFields(asked) && asked['cordoned'] === true ? { ...manifest, spec: { ...spec, cordoned: true } } : manifest
}
