import { engineRules, type EngineInput, type Grounded } from './engine-rules.ts'
import { leaderElection } from './leader-election.ts'
import { classEditorRules, tenantEditorRules, viewerRules } from './user-rules.ts'

/** A role to be written as a file of its own, with the reasons of its rules. */
export interface AccessFile {
  name: string
  about: string
  objects: RbacObject[]
  /** Not for every installation. */
  optional?: true
}

export interface RbacObject {
  kind: 'ClusterRole' | 'Role' | 'RoleBinding'
  metadata: { name: string, namespace?: string, labels?: Record<string, string> }
  rules?: Grounded[]
  [field: string]: unknown
}

/** Whoever runs Metacontroller by its own chart has its ClusterRole made up of all that bear this label. */
const aggregationLabel = 'k8s-mtp.dev/aggregate-to-metacontroller'

export function accessFiles (input: EngineInput): AccessFile[] {
  return [
    {
      name: 'engine.yaml',
      about: 'What Metacontroller may do, by both apply strategies. Its ClusterRole takes this in by the label: metacontroller/values.yaml.',
      objects: [clusterRole('k8s-mtp-engine', engineRules(input), { [aggregationLabel]: 'true' })]
    },
    {
      name: 'tenant-editor.yaml',
      about: 'For people and pipelines that create and change Tenants. In no role of Kubernetes: bind it on purpose.',
      objects: [clusterRole('k8s-mtp-tenant-editor', tenantEditorRules())]
    },
    {
      name: 'class-editor.yaml',
      about: 'For the platform team: what tenants get. In no role of Kubernetes: bind it on purpose.',
      objects: [clusterRole('k8s-mtp-class-editor', classEditorRules())]
    },
    {
      name: 'viewer.yaml',
      about: 'For those who look. Part of view, edit and admin.',
      objects: [clusterRole('k8s-mtp-viewer', viewerRules(input.childKinds), { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' })]
    },
    {
      name: 'leader-election.yaml',
      about: 'Only for more than one replica of Metacontroller (--leader-election): its lease, in its own namespace alone.',
      objects: leaderElection,
      optional: true
    }
  ]
}

function clusterRole (name: string, rules: Grounded[], labels: Record<string, string> = {}): RbacObject {
  return { kind: 'ClusterRole', metadata: { name, labels: { 'app.kubernetes.io/name': 'k8s-mtp', ...labels } }, rules }
}
