import { group } from '../api/group.ts'
import { builtInRoles, roleSubjects, type BuiltInRole } from '../api/role-names.ts'
import { namespaceName, type Tenant } from '../api/tenant.ts'
import { tenantsByNamespace, type TenantOfEntry } from '../tenancy/desired/tenant-of-entry.ts'
import { deployer, deployerName, reposOf, type Deployment, type GitOpsObject } from './deployer.ts'

const server = 'https://kubernetes.default.svc'

/** What members may do with the Applications of their project. Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/ */
const actions: Record<BuiltInRole, ReadonlyArray<readonly [resource: string, action: string]>> = {
  admin: [['applications', '*'], ['logs', 'get']],
  operator: [['applications', 'get'], ['applications', 'sync'], ['applications', 'action/*'], ['logs', 'get']],
  viewer: [['applications', 'get']]
}

/** Only k8s-mtp writes them in namespaces of Tenants: guardrails refuse others. */
const managedKinds = [
  { group: '', kind: 'LimitRange' }, { group: '', kind: 'ResourceQuota' }, { group, kind: 'WorkloadPolicy' }
]

/**
 * The ServiceAccount of a Tenant, and an AppProject for its namespaces. Namespaces with other members have a project of their own: the
 * roles of a project apply to all its destinations. A project has the name of its first namespace.
 */
export function argoObjects (tenant: Tenant, deployment: Deployment): GitOpsObject[] {
  const projects = new Map<string, TenantOfEntry[]>()
  for (const namespace of tenantsByNamespace(tenant)) {
    const members = JSON.stringify(builtInRoles.map(role => groupsOf(namespace, role)))
    projects.set(members, [...projects.get(members) ?? [], namespace])
  }
  return [deployer(tenant, deployment), ...[...projects.values()].map(namespaces => appProject(tenant, namespaces, deployment))]
}

function appProject (tenant: Tenant, namespaces: readonly TenantOfEntry[], deployment: Deployment): GitOpsObject {
  const names = namespaces.map(namespaceName)
  const [name = ''] = names
  const roles = builtInRoles.map(role => ({ role, groups: namespaces.slice(0, 1).flatMap(namespace => groupsOf(namespace, role)) }))
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name, namespace: deployment.namespace },
    spec: {
      description: `Tenant ${tenant.metadata.name}`,
      sourceRepos: reposOf(tenant, deployment),
      destinations: names.map(namespace => ({ server, namespace })),
      // With application.sync.impersonation.enabled, Argo CD applies with the permissions of the deployer, not with its own.
      destinationServiceAccounts: names.map(namespace =>
        ({ server, namespace, defaultServiceAccount: `${deployment.namespace}:${deployerName(tenant)}` })),
      clusterResourceWhitelist: [],
      namespaceResourceBlacklist: managedKinds,
      roles: roles.filter(({ groups }) => groups.length > 0).map(({ role, groups }) => ({
        name: role,
        groups,
        policies: actions[role].map(([resource, action]) => `p, proj:${name}:${role}, ${resource}, ${action}, ${name}/*, allow`)
      }))
    }
  }
}

/** Argo CD writes the groups into lines of comma separated values. */
const unsafeName = /[,"\\]/

/** Projects take groups only, and their access has no end. */
function groupsOf ({ spec }: TenantOfEntry, role: BuiltInRole): string[] {
  const groups = (spec[roleSubjects[role]] ?? []).filter(({ kind, name, expiresAt }) =>
    kind === 'Group' && expiresAt === undefined && !unsafeName.test(name))
  return [...new Set(groups.map(({ name }) => name))].sort()
}

/** Warns of groups whose access a project cannot grant. */
export function argoWarnings (tenant: Tenant): string[] {
  const groups = tenantsByNamespace(tenant).flatMap(({ spec }) => builtInRoles.flatMap(role => spec[roleSubjects[role]] ?? []))
    .filter(({ kind }) => kind === 'Group')
  const warning = (found: typeof groups, why: string) => found.length === 0
    ? []
    : [`Tenant ${tenant.metadata.name}: ${why}: ${[...new Set(found.map(({ name }) => name))].sort().join(', ')}`]
  return [
    ...warning(groups.filter(({ expiresAt }) => expiresAt !== undefined),
      'the access of groups with expiresAt is not in the AppProject, where it would not end'),
    ...warning(groups.filter(({ name }) => unsafeName.test(name)),
      'groups with a comma, a quote or a backslash in their names are not in the AppProject, whose roles are comma separated values')
  ]
}
