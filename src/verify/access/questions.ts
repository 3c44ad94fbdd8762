import type { Permission } from '../../kubernetes/api-request.ts'

/** Permissions on resources of one group, each verb with each resource. */
export function permissionsOn (group: string, resources: readonly string[], verbs: readonly string[]): Permission[] {
  return resources.flatMap(resource => verbs.map(verb => ({ group, resource, verb })))
}

export const read = ['get', 'list', 'watch'] as const
export const write = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const
export const all = [...read, ...write]

const rbac = 'rbac.authorization.k8s.io'

/** What leads to the data or the workloads of a namespace. */
export const inNamespace: readonly Permission[] = [
  ...permissionsOn('', ['secrets', 'configmaps', 'pods'], ['get', 'list', 'create', 'update', 'patch', 'delete']),
  ...permissionsOn('', ['services', 'persistentvolumeclaims', 'serviceaccounts'], ['get', 'list', 'create', 'delete']),
  ...permissionsOn('', ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy'], ['get', 'create']),
  ...permissionsOn('', ['pods/log', 'pods/status'], ['get']),
  ...permissionsOn('', ['pods/ephemeralcontainers', 'pods/resize'], ['patch']),
  ...permissionsOn('', ['pods/eviction', 'pods/binding', 'serviceaccounts/token'], ['create']),
  ...permissionsOn('apps', ['deployments', 'statefulsets', 'daemonsets'], ['list', 'create', 'patch', 'delete']),
  ...permissionsOn('batch', ['jobs', 'cronjobs'], ['list', 'create', 'delete']),
  ...permissionsOn('networking.k8s.io', ['networkpolicies', 'ingresses'], ['list', 'create', 'delete']),
  ...permissionsOn(rbac, ['roles', 'rolebindings'], ['list', 'create', 'delete']),
  ...permissionsOn('', ['events', 'resourcequotas', 'limitranges'], ['list', 'create', 'delete'])
]

/** A few of them, for namespaces without a RoleBinding for the subject: access there shows in all namespaces at once. */
export const mostSensitive: readonly Permission[] = [
  ...permissionsOn('', ['secrets'], ['get', 'list', 'create']),
  ...permissionsOn('', ['pods'], ['get', 'list', 'create', 'delete']),
  ...permissionsOn('', ['configmaps', 'services'], ['list', 'create']),
  ...permissionsOn('', ['pods/exec', 'pods/portforward', 'serviceaccounts/token'], ['create']),
  ...permissionsOn('', ['pods/log'], ['get']),
  ...permissionsOn('apps', ['deployments'], ['list', 'create']),
  ...permissionsOn(rbac, ['rolebindings'], ['create'])
]

/** What no member needs in the cluster, by the id of the check. */
export const inCluster = {
  nodes: permissionsOn('', ['nodes'], all),
  volumes: [
    ...permissionsOn('', ['persistentvolumes'], all),
    ...permissionsOn('storage.k8s.io', ['volumeattachments', 'csinodes'], all)
  ],
  namespaces: [...permissionsOn('', ['namespaces'], all), ...permissionsOn('', ['namespaces/finalize'], ['update'])],
  definitions: [
    ...permissionsOn('apiextensions.k8s.io', ['customresourcedefinitions'], write),
    ...permissionsOn('apiregistration.k8s.io', ['apiservices'], write),
    ...permissionsOn('metacontroller.k8s.io', ['compositecontrollers', 'decoratorcontrollers', 'controllerrevisions'], write)
  ],
  clusterRoles: permissionsOn(rbac, ['clusterroles', 'clusterrolebindings'], all),
  admission: permissionsOn('admissionregistration.k8s.io', [
    'validatingwebhookconfigurations', 'mutatingwebhookconfigurations', 'validatingadmissionpolicies',
    'validatingadmissionpolicybindings', 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'
  ], write),
  classes: [
    ...permissionsOn('storage.k8s.io', ['storageclasses', 'csidrivers', 'volumeattributesclasses'], write),
    ...permissionsOn('scheduling.k8s.io', ['priorityclasses'], write),
    ...permissionsOn('networking.k8s.io', ['ingressclasses', 'ipaddresses', 'servicecidrs'], write),
    ...permissionsOn('node.k8s.io', ['runtimeclasses'], write),
    ...permissionsOn('resource.k8s.io', ['deviceclasses', 'resourceslices'], write),
    ...permissionsOn('gateway.networking.k8s.io', ['gatewayclasses'], write),
    ...permissionsOn('flowcontrol.apiserver.k8s.io', ['flowschemas', 'prioritylevelconfigurations'], write)
  ],
  certificates: [
    ...permissionsOn('certificates.k8s.io', ['certificatesigningrequests'], all),
    ...permissionsOn('certificates.k8s.io', ['certificatesigningrequests/approval'], ['update', 'patch']),
    ...permissionsOn('certificates.k8s.io', ['signers'], ['approve', 'sign', 'attest']),
    ...permissionsOn('certificates.k8s.io', ['clustertrustbundles'], write)
  ],
  tenants: permissionsOn('k8s-mtp.dev', ['tenants', 'tenantclasses', 'tenantnamespaces', 'workloadpolicies'], all)
} satisfies Record<string, Permission[]>

/** What leads to nodes, past RBAC of the API server. Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
export const onNodes: readonly Permission[] =
  permissionsOn('', ['proxy', 'log', 'stats', 'metrics', 'pods', 'configz', 'spec'].map(name => `nodes/${name}`), ['get', 'create'])

export const impersonation: readonly Permission[] = [
  ...permissionsOn('', ['users', 'groups', 'serviceaccounts'], ['impersonate']),
  { group: '', resource: 'groups', verb: 'impersonate', name: 'system:masters' },
  ...permissionsOn('authentication.k8s.io', ['uids', 'userextras/authentication.kubernetes.io/credential-id'], ['impersonate']),
  { group: 'authentication.k8s.io', resource: 'users', verb: 'impersonate:user-info' },
  { group: 'authentication.k8s.io', resource: 'serviceaccounts', verb: 'impersonate:serviceaccount' }
]

export const roleEscalation: readonly Permission[] = permissionsOn(rbac, ['roles', 'clusterroles'], ['escalate', 'bind'])
