import { engineRules, type EngineInput } from './engine-rules.ts'
import { rule, type JustifiedRules } from './rules.ts'
import { classEditorRules, tenantEditorRules, viewerRules } from './user-rules.ts'

/** Objects of one file. */
export interface RbacFile {
  name: string
  about: string
  objects: RbacObject[]
  /** Not for every installation. */
  optional?: true
}

export interface RbacObject {
  kind: 'ClusterRole' | 'Role' | 'RoleBinding'
  metadata: { name: string, namespace?: string, labels: Record<string, string> }
  rules?: JustifiedRules[]
  [field: string]: unknown
}

/** With metacontroller/values.yaml, the ClusterRole of Metacontroller aggregates all ClusterRoles with this label. */
const aggregationLabel = 'k8s-mtp.dev/aggregate-to-metacontroller'
const labels = { 'app.kubernetes.io/name': 'k8s-mtp' }

export function rbacFiles (input: EngineInput): RbacFile[] {
  return [
    {
      name: 'engine.yaml',
      about: 'Permissions of Metacontroller, for both apply strategies. Its ClusterRole aggregates them by the label: see ' +
        'metacontroller/values.yaml.',
      objects: [clusterRole('k8s-mtp-engine', engineRules(input), { [aggregationLabel]: 'true' })]
    },
    {
      name: 'tenant-editor.yaml',
      about: 'For users and pipelines that create and change Tenants. Not aggregated to any default role: bind it explicitly.',
      objects: [clusterRole('k8s-mtp-tenant-editor', tenantEditorRules)]
    },
    {
      name: 'class-editor.yaml',
      about: 'For the platform team, which writes TenantClasses. Not aggregated to any default role: bind it explicitly.',
      objects: [clusterRole('k8s-mtp-class-editor', classEditorRules)]
    },
    {
      name: 'viewer.yaml',
      about: 'For users that read. Aggregated to view, edit and admin.',
      objects: [clusterRole('k8s-mtp-viewer', viewerRules, { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' })]
    },
    {
      name: 'leader-election.yaml',
      about: 'Only for several replicas of Metacontroller (--leader-election): its lease, in its own namespace.',
      objects: leaderElection(),
      optional: true
    }
  ]
}

/** The namespace that metacontroller/values.yaml sets for the chart of Metacontroller, and the name of its lease. */
const [namespace, lease] = ['metacontroller', 'metacontroller']

const leases = (verbs: string[]) => rule('coordination.k8s.io', ['leases'], verbs)

/** In its own namespace only: cluster-wide, a lease of any controller or node could be taken over. */
function leaderElection (): RbacObject[] {
  const name = 'k8s-mtp-engine-leader-election'
  const metadata = { name, namespace, labels }
  return [
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
}

export function clusterRole (name: string, rules: JustifiedRules[], others: Record<string, string> = {}): RbacObject {
  return { kind: 'ClusterRole', metadata: { name, labels: { ...labels, ...others } }, rules }
}
