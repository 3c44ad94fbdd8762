import type { RbacObject } from './rbac-files.ts'

/** Where Metacontroller's chart puts it with metacontroller/values.yaml, and the name of its lease. */
const namespace = 'metacontroller'
const lease = 'metacontroller'

const name = 'k8s-mtp-engine-leader-election'
const metadata = { name, namespace, labels: { 'app.kubernetes.io/name': 'k8s-mtp' } }
const coordination = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] }

/** In a whole cluster the right to write leases would be the right to take the lead from any controller, and to have nodes taken for dead. */
export const leaderElection: RbacObject[] = [
  {
    kind: 'Role',
    metadata,
    rules: [
      { because: 'The name of what does not exist yet cannot be told.', rules: [{ ...coordination, verbs: ['create'] }] },
      { because: 'Its own lease, renewed every two seconds.', rules: [{ ...coordination, resourceNames: [lease], verbs: ['get', 'update'] }] }
    ]
  },
  {
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name: 'metacontroller', namespace }]
  }
]
