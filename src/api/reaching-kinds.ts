import type { ReachingKinds } from './reaching-kind.ts'
import { reachingKubernetesKinds } from './reaching-kubernetes-kinds.ts'
import { reachingProjectKinds } from './reaching-project-kinds.ts'

export const reachingKinds: readonly ReachingKinds[] = [...reachingKubernetesKinds, ...reachingProjectKinds]

/** `kustomizations.kustomize.toolkit.fluxcd.io`, and `pods/binding` of the core group. */
export function resourceName (apiGroup: string, resource: string): string {
  return apiGroup === '' ? resource : `${resource}.${apiGroup}`
}
