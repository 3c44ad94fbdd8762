/**
 * All permissions of each role in its namespace, written by hand from the requirements. A change of the roles in the
 * default TenantClass must be repeated here.
 */
export type Role = 'admin' | 'operator' | 'viewer'

/** API group ('' for the core group), resource with subresource, verbs. */
export type Access = readonly [group: string, resource: string, verbs: readonly Verb[]]

export const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] as const
export type Verb = typeof verbs[number]

const read = ['get', 'list', 'watch'] as const
const write = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] as const
const writeAll = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] as const
const scale = ['get', 'update', 'patch'] as const

export const accessTable: Readonly<Record<Role, readonly Access[]>> = {
  admin: [
    ['', 'pods', writeAll],
    ['', 'pods/log', writeAll],
    ['', 'pods/status', writeAll],
    ['', 'pods/exec', writeAll],
    ['', 'pods/attach', ['get', 'create']],
    ['', 'pods/portforward', ['get', 'create']],
    ['', 'services', writeAll],
    ['', 'services/proxy', writeAll],
    ['', 'endpoints', writeAll],
    ['', 'configmaps', writeAll],
    ['', 'secrets', writeAll],
    ['', 'serviceaccounts', writeAll],
    ['', 'events', writeAll],
    ['', 'limitranges', writeAll],
    ['', 'podtemplates', writeAll],
    ['', 'persistentvolumeclaims', writeAll],
    ['', 'resourcequotas', read],
    ['', 'replicationcontrollers', read],
    ['apps', 'deployments', writeAll],
    ['apps', 'deployments/scale', scale],
    ['apps', 'replicasets', writeAll],
    ['apps', 'replicasets/scale', scale],
    ['apps', 'statefulsets', writeAll],
    ['apps', 'statefulsets/scale', scale],
    ['apps', 'daemonsets', writeAll],
    ['apps', 'controllerrevisions', read],
    ['autoscaling', 'horizontalpodautoscalers', writeAll],
    ['batch', 'cronjobs', writeAll],
    ['batch', 'jobs', writeAll],
    ['discovery.k8s.io', 'endpointslices', read],
    ['metrics.k8s.io', 'pods', ['get', 'list']],
    ['networking.k8s.io', 'ingresses', writeAll],
    ['networking.k8s.io', 'networkpolicies', read],
    ['policy', 'poddisruptionbudgets', writeAll]
  ],
  operator: [
    ['', 'pods', write],
    ['', 'pods/log', write],
    ['', 'pods/status', write],
    ['', 'pods/exec', write],
    ['', 'pods/attach', ['get', 'create']],
    ['', 'pods/portforward', ['get', 'create']],
    ['', 'services', write],
    ['', 'endpoints', write],
    ['', 'configmaps', write],
    ['', 'secrets', write],
    ['', 'events', write],
    ['', 'persistentvolumeclaims', write],
    ['', 'limitranges', read],
    ['', 'resourcequotas', read],
    ['', 'replicationcontrollers', read],
    ['apps', 'deployments', write],
    ['apps', 'deployments/scale', scale],
    ['apps', 'replicasets', write],
    ['apps', 'replicasets/scale', scale],
    ['apps', 'statefulsets', write],
    ['apps', 'statefulsets/scale', scale],
    ['apps', 'daemonsets', write],
    ['apps', 'controllerrevisions', read],
    ['autoscaling', 'horizontalpodautoscalers', write],
    ['batch', 'cronjobs', write],
    ['batch', 'jobs', write],
    ['discovery.k8s.io', 'endpointslices', read],
    ['metrics.k8s.io', 'pods', ['get', 'list']],
    ['networking.k8s.io', 'ingresses', write],
    ['networking.k8s.io', 'networkpolicies', read],
    ['policy', 'poddisruptionbudgets', write]
  ],
  viewer: [
    ['', 'pods', read],
    ['', 'pods/log', ['get']],
    ['', 'pods/status', ['get']],
    ['', 'services', read],
    ['', 'endpoints', read],
    ['', 'configmaps', read],
    ['', 'serviceaccounts', read],
    ['', 'events', read],
    ['', 'limitranges', read],
    ['', 'podtemplates', read],
    ['', 'persistentvolumeclaims', read],
    ['', 'resourcequotas', read],
    ['', 'replicationcontrollers', read],
    ['apps', 'deployments', read],
    ['apps', 'replicasets', read],
    ['apps', 'statefulsets', read],
    ['apps', 'daemonsets', read],
    ['apps', 'controllerrevisions', read],
    ['autoscaling', 'horizontalpodautoscalers', read],
    ['batch', 'cronjobs', read],
    ['batch', 'jobs', read],
    ['discovery.k8s.io', 'endpointslices', read],
    ['metrics.k8s.io', 'pods', ['get', 'list']],
    ['networking.k8s.io', 'ingresses', read],
    ['networking.k8s.io', 'networkpolicies', read],
    ['policy', 'poddisruptionbudgets', read]
  ]
}

/** What the roles of the class `standard` grant besides, written by hand too. A row replaces that of the same resource. */
export const standardAdditions: Readonly<Record<Role, readonly Access[]>> = {
  admin: [
    ['', 'pods/ephemeralcontainers', ['get', 'update', 'patch']],
    ['', 'pods/eviction', ['create']],
    ['', 'pods/resize', ['get', 'update', 'patch']],
    ['', 'replicationcontrollers', writeAll],
    ['', 'replicationcontrollers/scale', scale],
    ['coordination.k8s.io', 'leases', writeAll],
    ['networking.k8s.io', 'networkpolicies', writeAll],
    ['rbac.authorization.k8s.io', 'roles', writeAll],
    ['rbac.authorization.k8s.io', 'rolebindings', writeAll]
  ],
  operator: [
    ['', 'pods/ephemeralcontainers', ['get', 'update', 'patch']],
    ['', 'pods/eviction', ['create']],
    ['', 'pods/resize', ['get', 'update', 'patch']],
    ['', 'replicationcontrollers', write],
    ['', 'replicationcontrollers/scale', scale],
    ['coordination.k8s.io', 'leases', write],
    ['rbac.authorization.k8s.io', 'roles', read],
    ['rbac.authorization.k8s.io', 'rolebindings', read]
  ],
  viewer: [
    ['coordination.k8s.io', 'leases', read],
    ['rbac.authorization.k8s.io', 'roles', read],
    ['rbac.authorization.k8s.io', 'rolebindings', read]
  ]
}

/** All permissions of a role in the class `standard`. */
export function standardAccess (role: Role): Access[] {
  const additions = standardAdditions[role]
  const isReplaced = ([group, resource]: Access) => additions.some(row => row[0] === group && row[1] === resource)
  return [...accessTable[role].filter(row => !isReplaced(row)), ...additions]
}

/** Permissions of all authenticated users in Kubernetes: to review their own access. */
export const authenticatedAccess: readonly Access[] = [
  ['authentication.k8s.io', 'selfsubjectreviews', ['create']],
  ['authorization.k8s.io', 'selfsubjectaccessreviews', ['create']],
  ['authorization.k8s.io', 'selfsubjectrulesreviews', ['create']]
]

/** Special verbs, and resources that discovery does not list. No role has any of these. */
export const neverAllowed: ReadonlyArray<readonly [group: string, resource: string, verb: string]> = [
  ['*', '*', '*'],
  ['', '*', 'get'],
  ['*', 'pods', 'get'],
  ['', 'pods', '*'],
  ['', 'users', 'impersonate'],
  ['', 'groups', 'impersonate'],
  ['', 'serviceaccounts', 'impersonate'],
  ['authentication.k8s.io', 'uids', 'impersonate'],
  ['authentication.k8s.io', 'userextras/scopes', 'impersonate'],
  ['authentication.k8s.io', 'users', 'impersonate:user-info'],
  ['authentication.k8s.io', 'serviceaccounts', 'impersonate:serviceaccount'],
  ['rbac.authorization.k8s.io', 'roles', 'escalate'],
  ['rbac.authorization.k8s.io', 'roles', 'bind'],
  ['rbac.authorization.k8s.io', 'clusterroles', 'escalate'],
  ['rbac.authorization.k8s.io', 'clusterroles', 'bind'],
  ['certificates.k8s.io', 'signers', 'approve'],
  ['certificates.k8s.io', 'signers', 'sign'],
  ['certificates.k8s.io', 'signers', 'attest'],
  ['certificates.k8s.io', 'certificatesigningrequests', 'approve'],
  ['policy', 'podsecuritypolicies', 'use'],
  ['security.openshift.io', 'securitycontextconstraints', 'use'],
  ['metrics.k8s.io', 'nodes', 'get'],
  ['metrics.k8s.io', 'nodes', 'list'],
  ['metrics.k8s.io', 'pods', 'watch'],
  ['', 'nodes/metrics', 'get'],
  ['', 'nodes/pods', 'get'],
  ['', 'nodes/configz', 'get']
]
