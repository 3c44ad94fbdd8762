import type { KubeClient } from '../../cluster/client.ts'
import type { KubeObject, ObjectRef } from '../../cluster/kube-object.ts'
import { refIn, type TestTenant } from '../tenants.ts'
import type { GuardrailCase } from './case.ts'
import {
  dryRun, givenRole, lastApplied, managedRef, namespaceRef, ownerReference, rbac, tryDelete, unknownUid, unmanagedBinding, type World
} from './world.ts'

interface Shape { apiVersion: string, kind: string, name: string, content: object }

const role: Shape = { apiVersion: `${rbac}/v1`, kind: 'Role', name: 'tenant-admin', content: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] } }
const binding: Shape = {
  apiVersion: `${rbac}/v1`,
  kind: 'RoleBinding',
  name: 'tenant-admin',
  content: { roleRef: { apiGroup: rbac, kind: 'Role', name: 'tenant-admin' }, subjects: [{ apiGroup: rbac, kind: 'User', name: 'ada@acme.example' }] }
}

interface Place { namespace?: string, labels?: Record<string, string | undefined> }

/** Builds an object as the engine writes it for a Tenant. */
function written ({ apiVersion, kind, name, content }: Shape, { tenant }: World, { namespace = tenant.namespace, labels = {} }: Place = {}): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'k8s-mtp', 'k8s-mtp.dev/tenant': tenant.name, 'k8s-mtp.dev/class': 'default', 'controller-uid': tenant.uid, ...labels } as Record<string, string>, // undefined removes one
      // Without it, a forced apply removes the one of the engine.
      ownerReferences: [ownerReference({ name: labels['k8s-mtp.dev/tenant'] ?? tenant.name, uid: tenant.uid })]
    },
    ...content
  }
}

const apply = { ...dryRun, fieldManager: 'metacontroller', force: true }

interface Row { rule: string, refuses: string, message: RegExp, shape: Shape, place?: (world: World) => Place, control: Shape }

const named = (shape: Shape, name: string): Shape => ({ ...shape, name })
const having = (shape: Shape, content: object): Shape => ({ ...shape, content: { ...shape.content, ...content } })
const rules = (...more: object[]) => having(role, { rules: more })
const bound = (kind: string, name: string) => having(binding, { subjects: [{ apiGroup: rbac, kind, name }] })

const outsideOfTenants = /Metacontroller may not write or delete objects outside of the namespaces of Tenants/
const withoutLabels = /Metacontroller may not write an object without the labels of the Tenant of its namespace/
const wildcard = /Metacontroller may not write a Role with a wildcard/
const onlyOfTenants = /Metacontroller may bind only Roles that a Tenant produces/
const system = /Metacontroller may not bind system users and groups/

const rows: Row[] = [
  { rule: 'engine/objects-namespaces', refuses: 'a Role in kube-system', message: outsideOfTenants, shape: role, place: () => ({ namespace: 'kube-system' }), control: role },
  { rule: 'engine/objects-namespaces', refuses: 'a RoleBinding in an unmanaged namespace', message: outsideOfTenants, shape: binding, place: ({ elsewhere }) => ({ namespace: elsewhere }), control: binding },
  { rule: 'engine/objects-ownership', refuses: 'a RoleBinding of one Tenant in the namespace of another', message: withoutLabels, shape: named(binding, 'tenant-admin-new'), place: ({ retained }) => ({ namespace: retained.namespace }), control: binding },
  { rule: 'engine/objects-ownership', refuses: 'a RoleBinding with the label of the other Tenant and its own uid', message: withoutLabels, shape: named(bound('User', 'mallory'), 'tenant-admin-new'), place: ({ retained }) => ({ namespace: retained.namespace, labels: { 'k8s-mtp.dev/tenant': retained.name } }), control: binding },
  { rule: 'engine/objects-names', refuses: 'a Role with another name', message: /Metacontroller may not write an object with a name that no Tenant produces/, shape: named(role, 'cluster-admin'), control: named(role, 'tenant-viewer') },
  { rule: 'engine/objects-names', refuses: 'a RoleBinding with another name', message: /with a name that no Tenant produces/, shape: named(binding, 'admins'), control: named(binding, 'tenant-admin-1abc') },
  { rule: 'engine/objects-names', refuses: 'a Role whose name only begins like that of a Tenant', message: /with a name that no Tenant produces/, shape: named(role, 'tenant-release.manager'), control: named(role, 'tenant-release-manager') },
  { rule: 'engine/takeovers-unmanaged', refuses: 'a RoleBinding that replaces an unmanaged one', message: /Metacontroller may not replace rolebindings tenant-\S+\/tenant-viewer-theirs, which k8s-mtp does not manage \(field managers: \S+\)/, shape: named(binding, unmanagedBinding), control: named(binding, 'tenant-viewer-ours') },
  { rule: 'engine/roles-wildcards', refuses: 'a Role for all resources', message: wildcard, shape: rules({ apiGroups: [''], resources: ['*'], verbs: ['get'] }), control: rules({ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get'] }) },
  { rule: 'engine/roles-wildcards', refuses: 'a Role for all subresources', message: wildcard, shape: rules({ apiGroups: ['apps'], resources: ['*/scale'], verbs: ['get'] }), control: rules({ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['get'] }) },
  { rule: 'engine/roles-wildcards', refuses: 'a Role with all verbs', message: wildcard, shape: rules({ apiGroups: [''], resources: ['pods'], verbs: ['*'] }), control: rules({ apiGroups: [''], resources: ['pods'], verbs: ['create'] }) },
  { rule: 'engine/roles-wildcards', refuses: 'a Role for all API groups', message: wildcard, shape: rules({ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }), control: rules({ apiGroups: [''], resources: ['pods'], verbs: ['get'] }) },
  ...['escalate', 'bind', 'impersonate'].map((verb): Row => ({ rule: 'engine/roles-escalation', refuses: `a Role with ${verb}`, message: /Metacontroller may not write a Role with escalate, bind, impersonate/, shape: rules({ apiGroups: [rbac], resources: ['roles'], verbs: [verb] }), control: rules({ apiGroups: [rbac], resources: ['roles'], verbs: ['get'] }) })),
  { rule: 'engine/bindings-roles', refuses: 'a RoleBinding to cluster-admin', message: onlyOfTenants, shape: named(having(binding, { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' } }), 'tenant-admin-new'), control: named(binding, 'tenant-admin-new') },
  { rule: 'engine/bindings-roles', refuses: 'a RoleBinding to an unmanaged Role', message: onlyOfTenants, shape: named(having(binding, { roleRef: { apiGroup: rbac, kind: 'Role', name: 'secret-reader' } }), 'tenant-admin-new'), control: named(binding, 'tenant-admin-new') },
  { rule: 'engine/bindings-roles', refuses: 'a RoleBinding to a ClusterRole with the name of a role', message: onlyOfTenants, shape: named(having(binding, { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'tenant-release-manager' } }), 'tenant-admin-new'), control: named(having(binding, { roleRef: { apiGroup: rbac, kind: 'Role', name: 'tenant-viewer' } }), 'tenant-viewer-new') },
  ...['system:masters', 'system:authenticated', 'system:unauthenticated', 'system:serviceaccounts', 'system:nodes'].map((group): Row => ({ rule: 'engine/bindings-subjects', refuses: `a RoleBinding of ${group}`, message: system, shape: bound('Group', group), control: bound('Group', 'system:serviceaccounts:ci') })),
  { rule: 'engine/bindings-subjects', refuses: 'a RoleBinding of the anonymous user', message: system, shape: bound('User', 'system:anonymous'), control: bound('User', 'system:serviceaccount:ci:deployer') }
]

const ofShapes = rows.map(({ rule, refuses, message, shape, place, control }): GuardrailCase => ({
  rule,
  refuses,
  who: 'the engine',
  attempt: (who, world) => who.apply(written(shape, world, place?.(world)), apply),
  message,
  allows: 'an object that a Tenant produces',
  control: (who, world) => who.apply(written(control, world), apply)
}))

const clusterBinding = (world: World): KubeObject => ({ apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name: `evil-${world.tenant.name}` }, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ apiGroup: rbac, kind: 'User', name: 'mallory' }] })
const configMap = (world: World): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'some', namespace: world.tenant.namespace } })

const lease = (namespace: string): KubeObject => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'kube-controller-manager-2', namespace }, spec: { holderIdentity: 'evil' } })

const ofKinds: GuardrailCase[] = ([
  ['a ClusterRoleBinding', clusterBinding],
  ['a ConfigMap in the namespace of a Tenant', configMap]
] as const).map(([what, make]): GuardrailCase => ({
  rule: 'engine/kinds-kinds',
  refuses: what,
  who: 'the engine',
  attempt: (who, world) => who.create(make(world), dryRun),
  message: /Metacontroller may not write a kind that no Tenant produces/,
  allows: 'the same object',
  allowedWho: 'a cluster administrator',
  control: (who, world) => who.create(make(world), dryRun)
}))

const givenRef = (namespace: string): ObjectRef => ({ ...managedRef({ namespace }, 'Role'), name: givenRole })

/** The unmanaged RoleBinding with its content, as an apply without further changes. */
async function withLabel (who: KubeClient, tenant: TestTenant): Promise<KubeObject> {
  const { apiVersion, kind, metadata: { name, namespace = '' }, roleRef } = await who.get(refIn(tenant, 'RoleBinding', unmanagedBinding))
  return { apiVersion, kind, metadata: { name, namespace, labels: { 'controller-uid': tenant.uid } }, roleRef }
}

export const engineCases: GuardrailCase[] = [
  ...ofShapes,
  ...ofKinds,
  {
    rule: 'engine/kinds-leases',
    refuses: 'a lease in kube-system',
    who: 'the engine',
    attempt: who => who.create(lease('kube-system'), dryRun),
    message: /Metacontroller may write leases only in its own namespace\. Check/,
    allows: 'a lease in its own namespace',
    control: who => who.create(lease('metacontroller'), dryRun)
  },
  {
    rule: 'engine/kinds-tenants',
    refuses: 'deletion of a Tenant',
    who: 'the engine',
    attempt: (who, { tenant }) => tryDelete(who, tenant.ref),
    message: /Metacontroller may write only the status of Tenants/,
    allows: 'a change of its status',
    control: (who, { tenant }) => who.patch(tenant.ref, { status: { phase: 'Active' } }, { ...dryRun, subresource: 'status' })
  },
  {
    rule: 'engine/kinds-tenants',
    refuses: 'a change of the spec of a Tenant',
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(tenant.ref, { spec: { viewers: [{ kind: 'User', name: 'mallory' }] } }, dryRun),
    message: /Metacontroller may write only the status of Tenants/,
    allows: 'the same change',
    allowedWho: 'a cluster administrator',
    control: (who, { tenant }) => who.patch(tenant.ref, { spec: { viewers: [{ kind: 'User', name: 'mallory' }] } }, dryRun)
  },
  {
    rule: 'engine/kinds-subresources',
    refuses: 'a label on an unmanaged namespace through its status',
    who: 'the engine',
    attempt: (who, { elsewhere }) => who.patch(namespaceRef(elsewhere), { metadata: { labels: { some: 'label' } } }, { ...dryRun, subresource: 'status' }),
    message: /Metacontroller may write no subresource except the status of Tenants and TenantNamespaces/,
    allows: 'the label',
    allowedWho: 'a cluster administrator',
    control: (who, { elsewhere }) => who.patch(namespaceRef(elsewhere), { metadata: { labels: { some: 'label' } } }, { ...dryRun, subresource: 'status' })
  },
  {
    rule: 'engine/objects-ownership',
    refuses: 'an object without the label of its Tenant',
    who: 'the engine',
    attempt: (who, world) => who.create(written(named(role, 'tenant-viewer'), world, { labels: { 'k8s-mtp.dev/tenant': undefined } }), dryRun),
    message: withoutLabels,
    allows: 'an object with all labels',
    control: (who, world) => who.apply(written(named(role, 'tenant-viewer'), world), apply)
  },
  {
    rule: 'engine/objects-namespaces',
    refuses: 'a change of an unmanaged object',
    who: 'the engine',
    attempt: (who, { elsewhere }) => who.patch(managedRef({ namespace: elsewhere }, 'Role'), role.content, dryRun),
    message: outsideOfTenants,
    allows: 'the ownerReference on an object that was given to a Tenant',
    control: (who, { elsewhere, tenant }) => who.patch(givenRef(elsewhere), { metadata: { ownerReferences: [ownerReference({ ...tenant, uid: unknownUid })] } }, dryRun)
  },
  // Else it could be owned, replaced or deleted by the next write, and others could no longer change it.
  ...([
    ['the ownership label on an unmanaged object', ({ tenant }) => ({ labels: { 'controller-uid': tenant.uid } })],
    ['the ownership label and an ownerReference on an unmanaged object', ({ tenant }) => ({ labels: { 'controller-uid': tenant.uid }, ownerReferences: [ownerReference(tenant)] })],
    ['another last-applied annotation of an unmanaged object', () => ({ annotations: { [lastApplied]: 'x' } })],
    ['removal of the last-applied annotation of an unmanaged object', () => ({ annotations: { [lastApplied]: null } })]
  ] as [string, (world: World) => object][]).map(([refuses, metadata]): GuardrailCase => ({
    rule: 'engine/objects-namespaces',
    refuses,
    who: 'the engine',
    attempt: (who, world) => who.patch(managedRef({ namespace: world.elsewhere }, 'Role'), { metadata: metadata(world) }, dryRun),
    message: outsideOfTenants,
    allows: 'the last-applied annotation on an object that was given to a Tenant',
    control: (who, { elsewhere }) => who.patch(givenRef(elsewhere), { metadata: { annotations: { [lastApplied]: '{}' } } }, dryRun)
  })),
  ...(['merge', 'apply'] as const).map((type): GuardrailCase => ({
    rule: 'engine/objects-ownership',
    refuses: `the ownership label on an unmanaged object in the namespace of a Tenant, by the patch type ${type}`,
    who: 'the engine',
    attempt: async (who, { tenant }) => who.patch(refIn(tenant, 'RoleBinding', unmanagedBinding), await withLabel(who, tenant), { ...apply, type }),
    message: withoutLabels,
    allows: 'an object with all labels',
    control: (who, world) => who.apply(written(named(role, 'tenant-viewer'), world), apply)
  })),
  {
    rule: 'engine/objects-isolation',
    refuses: 'deletion of the NetworkPolicy default-deny',
    who: 'the engine',
    attempt: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'NetworkPolicy')),
    message: /Metacontroller may not delete what isolates a Tenant/,
    allows: 'deletion of a NetworkPolicy that its TenantClass dropped',
    control: (who, { tenant }) => tryDelete(who, refIn(tenant, 'NetworkPolicy', 'allow-dns'))
  },
  {
    rule: 'engine/objects-namespaces',
    refuses: 'deletion of an unmanaged object',
    who: 'the engine',
    attempt: (who, { elsewhere }) => tryDelete(who, managedRef({ namespace: elsewhere }, 'Role')),
    message: outsideOfTenants,
    allows: 'deletion of a managed object',
    control: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'Role'))
  }
]
