import { namespaceName, type Tenant } from '../api/tenant.ts'
import { tenantsByNamespace } from '../tenancy/desired/tenant-of-entry.ts'
import { deployer, deployerName, reposOf, type Deployment, type GitOpsObject } from './deployer.ts'

/**
 * The ServiceAccount of a Tenant, its repository, and a Kustomization for each namespace, which impersonates the ServiceAccount: all in
 * one namespace, as `--no-cross-namespace-refs` demands.
 * Source: https://fluxcd.io/flux/installation/configuration/multitenancy/
 */
export function fluxObjects (tenant: Tenant, deployment: Deployment): GitOpsObject[] {
  const { namespace } = deployment
  const name = deployerName(tenant)
  const [url] = reposOf(tenant, deployment)
  return [
    deployer(tenant, deployment),
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name, namespace },
      spec: { url, ref: { branch: 'main' }, interval: '1m' }
    },
    ...tenantsByNamespace(tenant).map(namespaceName).map((target): GitOpsObject => ({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: target, namespace },
      spec: {
        serviceAccountName: name,
        // Replaces the namespace of each object.
        targetNamespace: target,
        sourceRef: { kind: 'GitRepository', name },
        path: `./${target}`,
        interval: '10m',
        retryInterval: '1m',
        timeout: '3m',
        prune: true,
        wait: true
      }
    }))
  ]
}
