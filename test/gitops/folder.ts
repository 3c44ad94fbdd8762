import { repositoryPath } from '../cluster/paths.ts'
import { readKustomization, readManifests } from '../cluster/manifests.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

/** A path in the example repository. */
export function gitopsPath (path = ''): string {
  return repositoryPath(`examples/gitops/${path}`)
}

export const tenants = (): KubeObject[] => readManifests(gitopsPath('tenants'))
export const classes = (): KubeObject[] => readManifests(gitopsPath('classes'))
export const argocd = (): KubeObject[] => readKustomization(gitopsPath('argocd'))
export const flux = (): KubeObject[] => readKustomization(gitopsPath('flux'))

interface Entry { name: string, className?: string }

/** The entries of spec.namespaces. */
export function furtherNamespaces ({ spec }: KubeObject): Entry[] {
  return (spec as { namespaces?: Entry[] }).namespaces ?? []
}
