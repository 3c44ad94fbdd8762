import type { Reason } from '../../api/condition.ts'
import { group } from '../../api/group.ts'
import { shellQuoted } from '../../shell-quoted.ts'

/** Names for commands. */
export interface About {
  tenant: string
  namespace: string
  className: string
  /** `Kind/name` of objects that are not up to date. */
  objects: readonly string[]
}

type Commands = (about: About) => string[]

const tenants = `tenants.${group}`
const patch = (tenant: string, spec: object) =>
  `kubectl patch ${tenants} ${shellQuoted(tenant)} --type=merge --patch='${JSON.stringify({ spec })}'`
const edit: Commands = ({ tenant }) => [`kubectl edit ${tenants} ${shellQuoted(tenant)}`]
const wait: Commands = ({ tenant }) => [`kubectl wait ${tenants}/${shellQuoted(tenant)} --for=condition=Ready --timeout=2m`]
const adopt: Commands = ({ tenant, namespace }) => [`k8s-mtp adopt ${shellQuoted(tenant)} ${shellQuoted(namespace)}`]
const describeNamespace: Commands = ({ namespace }) => [`kubectl describe namespace ${shellQuoted(namespace)}`]
const installation: Commands = () => ['k8s-mtp check']

const managedFields: Commands = ({ namespace, objects: [first] }) => {
  if (first === undefined) return []
  const [kind = '', name = ''] = first.split('/')
  const place = kind === 'Namespace' ? '' : `--namespace ${shellQuoted(namespace)} `
  return [`kubectl ${place}get ${kind.toLowerCase()} ${shellQuoted(name)} -o yaml --show-managed-fields`]
}

/** The next command for each reason. The page of the reason has all others. */
export const nextCommands: Record<Reason, Commands> = {
  UpToDate: () => [],
  NamespacePending: installation,
  ObjectsPending: wait,
  ObjectsMissing: adopt,
  DriftDetected: managedFields,
  RollingOut: wait,
  PermissionsNotGranted: () => ['k8s-mtp rbac --classes classes/ | kubectl apply --server-side -f -'],
  NamespaceTerminating: describeNamespace,
  TenantTerminating: describeNamespace,
  Paused: ({ tenant }) => [patch(tenant, { paused: false })],
  NamespaceConflict: adopt,
  ClassNotFound: () => ['kubectl get tenantclasses'],
  ClassInvalid: ({ className }) => [`kubectl edit tenantclass ${shellQuoted(className)}`],
  SpecInvalid: edit,
  OverrideNotAllowed: ({ className }) => [`kubectl get tenantclass ${shellQuoted(className)} -o jsonpath='{.spec.overrides}'`],
  EngineMisconfigured: installation,
  UnmanagedObjects: ({ namespace }) =>
    [`kubectl get all,role,rolebinding,networkpolicy --namespace ${shellQuoted(namespace)} --selector=controller-uid --show-labels`],
  QuotaExceeded: ({ namespace }) => [`k8s-mtp usage --namespace ${shellQuoted(namespace)}`],
  Cordoned: ({ tenant }) => [patch(tenant, { cordoned: false })],
  NamespacesNotReady: ({ tenant }) => [`kubectl get tenantnamespaces --selector=${group}/tenant=${shellQuoted(tenant)} -o wide`],
  NamespaceUnlisted: edit,
  TenantMissing: adopt,
  NamespaceMissing: ({ namespace }) => [`kubectl create namespace ${shellQuoted(namespace)}`],
  NamespaceKept: adopt,
  NamespaceNotKept: adopt
}
