import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

type Path = ReadonlyArray<string | number>

const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
const mallory = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory@evil.example' }

const byField: Record<string, unknown> = {
  port: 9999,
  endPort: 9999,
  protocol: 'SCTP',
  cidr: '192.0.2.0/23',
  except: ['192.0.2.0/25'],
  operator: 'Exists',
  verbs: ['impersonate'],
  resources: ['nodes'],
  apiGroups: ['other.example'],
  kind: 'Group',
  name: 'mallory',
  type: 'Pod',
  cordoned: true,
  types: ['NodePort'],
  tolerations: [{ key: 'other', value: '*', effect: '*' }],
  imageRegistries: ['evil.example.com'],
  ingressClasses: ['other'],
  storageClasses: ['other'],
  priorityClasses: ['other']
}

/** A different value, which the API server accepts where it accepts any other. */
export function otherValue (root: object, path: Path, present: unknown): unknown {
  const [field, map] = [String(path.at(-1)), String(path.at(-2))]
  if (path[0] === 'metadata') return otherLabel(field, present)
  if (map === 'hard') return '77'
  if (path.includes('limits')) return otherLimit(root, path, String(present))
  if (field === 'policyTypes') return JSON.stringify(present) === '["Egress"]' ? ['Ingress'] : ['Egress']
  return byField[field] ?? ofSameType(present)
}

function ofSameType (present: unknown): unknown {
  if (typeof present === 'boolean') return !present
  if (typeof present === 'number') return present + 1
  return Array.isArray(present) ? ['other'] : 'other'
}

function otherLabel (key: string, present: unknown): string {
  if (!key.startsWith('pod-security.kubernetes.io/')) return 'other'
  return key.endsWith('-version') ? 'v1.0' : present === 'privileged' ? 'baseline' : 'privileged'
}

/** Keeps the request below the limit, and the limit below the maximum. */
function otherLimit (root: object, path: Path, present: string): unknown {
  const [map, resource] = [String(path.at(-2)), String(path.at(-1))]
  if (resource === 'type') return 'Pod'
  const isBytes = /[KMGT]i?$/.test(present)
  if (map === 'max') return isBytes ? '64Gi' : '64'
  if (map === 'default') return requestIn(root, resource) ?? present
  return isBytes ? '1Mi' : '1m'
}

function requestIn (root: object, resource: string): unknown {
  const { limits } = (root as { spec: { limits: Array<{ defaultRequest?: Record<string, unknown> }> } }).spec // the only kind with limits
  return limits[0]?.defaultRequest?.[resource]
}

interface Addition { path: Path, value: unknown }

/** Additions to the maps and lists of each kind, and to undeclared fields. */
export function additions ({ kind, spec, rules, subjects }: KubeObject): Addition[] {
  const label = { path: ['metadata', 'labels', 'k8s-mtp.dev/added'], value: 'x' }
  const annotation = { path: ['metadata', 'annotations', 'k8s-mtp.dev/added'], value: 'x' }
  return [label, annotation, ...ofKind[kind]?.(isRecord(spec) ? spec : {}, { rules: lengthOf(rules), subjects: lengthOf(subjects) }) ?? []]
}

const ofKind: Record<string, (spec: Record<string, unknown>, lengths: { rules: number, subjects: number }) => Addition[]> = {
  Namespace: () => [
    { path: ['metadata', 'labels', 'pod-security.kubernetes.io/exempt'], value: 'yes' },
    { path: ['metadata', 'labels', 'team.example/added'], value: 'x' },
    { path: ['metadata', 'annotations', 'team.example/added'], value: 'x' }
  ],
  ResourceQuota: () => [{ path: ['spec', 'hard', 'count/leases.coordination.k8s.io'], value: '1' }, { path: ['spec', 'scopes'], value: ['NotTerminating'] }],
  LimitRange: ({ limits }) =>
    [{ path: ['spec', 'limits', lengthOf(limits)], value: { type: 'PersistentVolumeClaim', max: { storage: '9Ti' } } }],
  WorkloadPolicy: () => [
    { path: ['spec', 'services', 'types', 1], value: 'NodePort' },
    { path: ['spec', 'services', 'externalIPs', 0], value: '192.0.2.0/24' },
    { path: ['spec', 'endpoints', 'addresses', 0], value: '192.0.2.0/24' }
  ],
  TenantNamespace: spec => [
    { path: ['spec', 'paused'], value: true },
    { path: ['spec', 'cordoned'], value: spec['cordoned'] !== true },
    { path: ['spec', 'deletionPolicy'], value: 'Retain' },
    { path: ['spec', 'labels', 'team.example/added'], value: 'x' },
    { path: ['spec', 'quotas', 'tenant-quota', 'count/leases.coordination.k8s.io'], value: '1' }
  ],
  Role: (_, { rules }) => [{ path: ['rules', rules], value: everything }],
  RoleBinding: (_, { subjects }) =>
    [{ path: ['subjects', ...(subjects === 0 ? [] : [subjects])], value: subjects === 0 ? [mallory] : mallory }],
  NetworkPolicy: spec => [
    ...['ingress', 'egress'].map(direction => ({
      path: ['spec', direction, ...(Array.isArray(spec[direction]) ? [lengthOf(spec[direction])] : [])],
      value: Array.isArray(spec[direction]) ? {} : [{}]
    })),
    { path: ['spec', 'podSelector', 'matchLabels'], value: { app: 'web' } },
    { path: ['spec', 'podSelector', 'matchExpressions'], value: [{ key: 'app', operator: 'Exists' }] }
  ]
}

function lengthOf (list: unknown): number {
  return Array.isArray(list) ? list.length : 0
}
