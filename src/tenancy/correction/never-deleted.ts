import type { Manifest } from '../desired/manifest.ts'
import { isNamespace } from '../../kubernetes/object.ts'

/**
 * What is never deleted to be made anew: a namespace, with which its data would go, and what isolates the workloads that run in it meanwhile. The
 * API server refuses the engine to delete them.
 */
export function isKeptInPlace (manifest: Manifest): boolean {
  return isNamespace(manifest) || manifest.kind === 'WorkloadPolicy' || (manifest.kind === 'NetworkPolicy' && manifest.metadata.name === 'default-deny')
}
