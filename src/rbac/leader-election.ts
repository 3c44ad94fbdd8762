import type { RbacObject } from './rbac-files.ts'
import { rule } from './rules.ts'

/** The namespace that metacontroller/values.yaml sets for the chart of Metacontroller, and the name of its lease. */
const namespace = 'metacontroller'
const lease = 'metacontroller'

const name = 'k8s-mtp-engine-leader-election'
const metadata = { name, namespace, labels: { 'app.kubernetes.io/name': 'k8s-mtp' } }
const leases = (verbs: string[]) => rule('coordination.k8s.io', ['leases'], verbs)

/** In its own namespace only: cluster-wide, a lease of any controller or node could be taken over. */
export const leaderElection: RbacObject[] = [
  {
    kind: 'Role',
    metadata,
    rules: [
      { because: 'RBAC cannot restrict create to a name.', rules: [leases(['create'])] },
      { because: 'Its own lease, renewed every two seconds.', rules: [{ ...leases(['get', 'update']), resourceNames: [lease] }] }
    ]
  },
  {
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name: 'metacontroller', namespace }]
  }
]
