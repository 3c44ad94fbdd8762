import type { Tenant } from '../api/tenant.ts'
import { namespaceName } from '../api/tenant.ts'
import { subjectLists } from '../api/subject-lists.ts'
import { tenantsByNamespace } from '../tenancy/desired/tenant-of-entry.ts'

/** An object of another project. */
export interface GitOpsObject {
  apiVersion: string
  kind: string
  metadata: { name: string, namespace: string }
  [field: string]: unknown
}

/** How a tool deploys into the namespaces of Tenants. */
export interface Deployment {
  /** The namespace of the tool. */
  namespace: string
  /** Repositories of the teams; `{tenant}` stands for the name of the Tenant. */
  sourceRepos: readonly string[]
}

export function reposOf ({ metadata }: Tenant, { sourceRepos }: Pick<Deployment, 'sourceRepos'>): string[] {
  return sourceRepos.map(repo => repo.replaceAll('{tenant}', metadata.name))
}

export function deployerName ({ metadata }: Tenant): string {
  return `tenant-${metadata.name}`
}

/**
 * The ServiceAccount that the tool impersonates. It is beside the tool, out of reach of the pods of the Tenant, and has access only where
 * the Tenant lists it: a guardrail refuses other RoleBindings, and its access ends with the list.
 */
export function deployer (tenant: Tenant, { namespace }: Deployment): GitOpsObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: deployerName(tenant), namespace },
    automountServiceAccountToken: false
  }
}

/** Warns of namespaces in which the deployer has no access. */
export function deployerWarnings (tenant: Tenant, { namespace }: Deployment): string[] {
  const name = deployerName(tenant)
  const without = tenantsByNamespace(tenant).filter(({ spec }) => !subjectLists(spec).some(({ role, subjects }) => role !== 'viewer' &&
    subjects.some(subject => subject.kind === 'ServiceAccount' && subject.name === name && subject.namespace === namespace)))
  if (without.length === 0) return []
  return [`Tenant ${tenant.metadata.name} does not list its deployer, which has no access to ${without.map(namespaceName).join(', ')}. ` +
    `Add it to the operators there: {kind: ServiceAccount, name: ${name}, namespace: ${namespace}}`]
}
