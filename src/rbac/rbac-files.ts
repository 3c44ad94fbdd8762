import { engineRules, type EngineInput } from './engine-rules.ts'
import { leaderElection } from './leader-election.ts'
import type { JustifiedRules } from './rules.ts'
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
  metadata: { name: string, namespace?: string, labels?: Record<string, string> }
  rules?: JustifiedRules[]
  [field: string]: unknown
}

/** With metacontroller/values.yaml, the ClusterRole of Metacontroller aggregates all ClusterRoles with this label. */
const aggregationLabel = 'k8s-mtp.dev/aggregate-to-metacontroller'

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
      objects: leaderElection,
      optional: true
    }
  ]
}

function clusterRole (name: string, rules: JustifiedRules[], labels: Record<string, string> = {}): RbacObject {
  return { kind: 'ClusterRole', metadata: { name, labels: { 'app.kubernetes.io/name': 'k8s-mtp', ...labels } }, rules }
}
