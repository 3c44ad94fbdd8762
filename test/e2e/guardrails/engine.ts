import type { KubeObject } from '../../cluster/kube-object.ts'
import { refIn } from '../tenants.ts'
import type { GuardrailCase } from './case.ts'
import { dryRun, managedRef, namespaceRef, rbac, tryDelete, type World } from './world.ts'

interface Shape { apiVersion: string, kind: string, name: string, content: object }

const role: Shape = { apiVersion: `${rbac}/v1`, kind: 'Role', name: 'tenant-admin', content: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] } }
const binding: Shape = {
  apiVersion: `${rbac}/v1`,
  kind: 'RoleBinding',
  name: 'tenant-admin',
  content: { roleRef: { apiGroup: rbac, kind: 'Role', name: 'tenant-admin' }, subjects: [{ apiGroup: rbac, kind: 'User', name: 'ada@acme.example' }] }
}

/** An object as the engine writes it for a tenant; by a forced apply, which also passes over what is there. */
function written ({ apiVersion, kind, name, content }: Shape, { tenant }: World, { namespace = tenant.namespace, labels = {} }: { namespace?: string, labels?: object } = {}): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'k8s-mtp', 'k8s-mtp.dev/tenant': tenant.name, 'k8s-mtp.dev/class': 'default', 'controller-uid': tenant.uid, ...labels } as Record<string, string> // a case takes one away with undefined
    },
    ...content
  }
}

const apply = { ...dryRun, fieldManager: 'metacontroller', force: true }

interface Row { rule: string, refuses: string, message: RegExp, shape: Shape, place?: (world: World) => { namespace?: string, labels?: object }, twin: Shape }

const named = (shape: Shape, name: string): Shape => ({ ...shape, name })
const having = (shape: Shape, content: object): Shape => ({ ...shape, content: { ...shape.content, ...content } })
const rules = (...more: object[]) => having(role, { rules: more })
const bound = (kind: string, name: string) => having(binding, { subjects: [{ apiGroup: rbac, kind, name }] })

const where = /the engine writes in namespaces of tenants only, and \S+ is none/
const whose = /the engine writes objects of the tenant whose namespace it is, with its labels/
const wildcard = /the engine writes no Role with a wildcard: tenant-/
const system = /the engine binds no users and groups of the system/

const rows: Row[] = [
  { rule: 'engine-objects/where', refuses: 'a Role in kube-system', message: where, shape: role, place: () => ({ namespace: 'kube-system' }), twin: role },
  { rule: 'engine-objects/where', refuses: 'a binding in the namespace of somebody else', message: where, shape: binding, place: ({ elsewhere }) => ({ namespace: elsewhere }), twin: binding },
  { rule: 'engine-objects/whose', refuses: 'a binding for one Tenant in the namespace of another', message: whose, shape: binding, place: ({ retained }) => ({ namespace: retained.namespace }), twin: binding },
  { rule: 'engine-objects/whose', refuses: 'the same in the name of the other, with its own uid', message: whose, shape: bound('User', 'mallory'), place: ({ retained }) => ({ namespace: retained.namespace, labels: { 'k8s-mtp.dev/tenant': retained.name } }), twin: binding },
  { rule: 'engine-objects/names', refuses: 'a Role of any name', message: /the engine writes no object of this name: roles tenant-\S+\/cluster-admin/, shape: named(role, 'cluster-admin'), twin: named(role, 'tenant-viewer') },
  { rule: 'engine-objects/names', refuses: 'a binding of any name', message: /no object of this name/, shape: named(binding, 'tenant-admins'), twin: named(binding, 'tenant-admin-1abc') },
  { rule: 'engine-roles/wildcards', refuses: 'a Role over all resources', message: wildcard, shape: rules({ apiGroups: [''], resources: ['*'], verbs: ['get'] }), twin: rules({ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get'] }) },
  { rule: 'engine-roles/wildcards', refuses: 'a Role over all subresources', message: wildcard, shape: rules({ apiGroups: ['apps'], resources: ['*/scale'], verbs: ['get'] }), twin: rules({ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['get'] }) },
  { rule: 'engine-roles/wildcards', refuses: 'a Role with all verbs', message: wildcard, shape: rules({ apiGroups: [''], resources: ['pods'], verbs: ['*'] }), twin: rules({ apiGroups: [''], resources: ['pods'], verbs: ['create'] }) },
  { rule: 'engine-roles/wildcards', refuses: 'a Role over all API groups', message: wildcard, shape: rules({ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }), twin: rules({ apiGroups: [''], resources: ['pods'], verbs: ['get'] }) },
  ...['escalate', 'bind', 'impersonate'].map((verb): Row => ({ rule: 'engine-roles/escalation', refuses: `a Role with ${verb}`, message: /the engine writes no Role with escalate, bind, impersonate/, shape: rules({ apiGroups: [rbac], resources: ['roles'], verbs: [verb] }), twin: rules({ apiGroups: [rbac], resources: ['roles'], verbs: ['get'] }) })),
  { rule: 'engine-bindings/roles', refuses: 'a binding to cluster-admin', message: /the engine binds to the Roles of tenants only, not to ClusterRole cluster-admin/, shape: named(having(binding, { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' } }), 'tenant-admin-new'), twin: named(binding, 'tenant-admin-new') },
  { rule: 'engine-bindings/roles', refuses: 'a binding to a Role that is not ours', message: /not to Role secret-reader/, shape: named(having(binding, { roleRef: { apiGroup: rbac, kind: 'Role', name: 'secret-reader' } }), 'tenant-admin-new'), twin: named(binding, 'tenant-admin-new') },
  ...['system:masters', 'system:authenticated', 'system:unauthenticated', 'system:serviceaccounts', 'system:nodes'].map((group): Row => ({ rule: 'engine-bindings/subjects', refuses: `binding ${group}`, message: system, shape: bound('Group', group), twin: bound('Group', 'system:serviceaccounts:ci') })),
  { rule: 'engine-bindings/subjects', refuses: 'binding the nameless user', message: system, shape: bound('User', 'system:anonymous'), twin: bound('User', 'system:serviceaccount:ci:deployer') }
]

const ofShapes = rows.map(({ rule, refuses, message, shape, place, twin }): GuardrailCase => ({
  rule,
  refuses: `the engine writing ${refuses}`,
  who: 'the engine',
  attempt: (who, world) => who.apply(written(shape, world, place?.(world)), apply),
  message,
  allows: 'it what it has to write',
  twin: (who, world) => who.apply(written(twin, world), apply)
}))

const clusterBinding = (world: World): KubeObject => ({ apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name: `evil-${world.tenant.name}` }, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ apiGroup: rbac, kind: 'User', name: 'mallory' }] })
const configMap = (world: World): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'some', namespace: world.tenant.namespace } })

const lease = (namespace: string): KubeObject => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'kube-controller-manager-2', namespace }, spec: { holderIdentity: 'evil' } })

const ofKinds: GuardrailCase[] = ([
  ['a ClusterRoleBinding', clusterBinding, 'clusterrolebindings'],
  ['a ConfigMap in the namespace of its tenant', configMap, 'configmaps']
] as const).map(([what, make, resource]): GuardrailCase => ({
  rule: 'engine-kinds/kinds',
  refuses: `the engine writing ${what}`,
  who: 'the engine',
  attempt: (who, world) => who.create(make(world), dryRun),
  message: new RegExp(`the engine writes what Tenants come to and nothing else, no \\S*/${resource}`),
  allows: 'it to those who may',
  allowedWho: 'a cluster administrator',
  twin: (who, world) => who.create(make(world), dryRun)
}))

export const engineCases: GuardrailCase[] = [
  ...ofShapes,
  ...ofKinds,
  {
    rule: 'engine-kinds/leases',
    refuses: 'the engine taking the lead from a controller of Kubernetes',
    who: 'the engine',
    attempt: who => who.create(lease('kube-system'), dryRun),
    message: /the engine writes leases in its own namespace only, not in kube-system/,
    allows: 'it to lead among its own replicas',
    twin: who => who.create(lease('metacontroller'), dryRun)
  },
  {
    rule: 'engine-kinds/tenants',
    refuses: 'the engine deleting a Tenant',
    who: 'the engine',
    attempt: (who, { tenant }) => tryDelete(who, tenant.ref),
    message: /the engine creates, changes and deletes no Tenants: people do/,
    allows: 'it to write a status',
    twin: (who, { tenant }) => who.patch(tenant.ref, { status: { phase: 'Active' } }, { ...dryRun, subresource: 'status' })
  },
  {
    rule: 'engine-kinds/tenants',
    refuses: 'the engine changing a Tenant',
    who: 'the engine',
    attempt: (who, { tenant }) => who.patch(tenant.ref, { spec: { viewers: [{ kind: 'User', name: 'mallory' }] } }, dryRun),
    message: /the engine creates, changes and deletes no Tenants: people do/,
    allows: 'it to those who may',
    allowedWho: 'a cluster administrator',
    twin: (who, { tenant }) => who.patch(tenant.ref, { spec: { viewers: [{ kind: 'User', name: 'mallory' }] } }, dryRun)
  },
  {
    rule: 'engine-kinds/subresources',
    refuses: 'the engine labelling the namespace of somebody else by way of its status',
    who: 'the engine',
    attempt: (who, { elsewhere }) => who.patch(namespaceRef(elsewhere), { metadata: { labels: { some: 'label' } } }, { ...dryRun, subresource: 'status' }),
    message: /the engine writes no subresource but the status of Tenants, not status of \/namespaces/,
    allows: 'it to others',
    allowedWho: 'a cluster administrator',
    twin: (who, { elsewhere }) => who.patch(namespaceRef(elsewhere), { metadata: { labels: { some: 'label' } } }, { ...dryRun, subresource: 'status' })
  },
  {
    rule: 'engine-objects/whose',
    refuses: 'the engine creating an object without our labels in the namespace of a tenant',
    who: 'the engine',
    attempt: (who, world) => who.create(written(named(role, 'tenant-viewer'), world, { labels: { 'k8s-mtp.dev/tenant': undefined } }), dryRun),
    message: whose,
    allows: 'it with them',
    twin: (who, world) => who.apply(written(named(role, 'tenant-viewer'), world), apply)
  },
  {
    rule: 'engine-objects/where',
    refuses: 'the engine changing an object of somebody else',
    who: 'the engine',
    attempt: (who, { elsewhere }) => who.patch(managedRef({ namespace: elsewhere }, 'Role'), role.content, dryRun),
    message: where,
    allows: 'it to sign what was labelled as a Tenant\'s, and to take its signature off',
    twin: (who, { elsewhere, tenant }) => who.patch(managedRef({ namespace: elsewhere }, 'Role'), { metadata: { labels: { 'controller-uid': tenant.uid } } }, dryRun)
  },
  {
    rule: 'engine-objects/isolation',
    refuses: 'the engine deleting the policy that denies all traffic',
    who: 'the engine',
    attempt: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'NetworkPolicy')),
    message: /the engine never deletes what every tenant has for its isolation: networkpolicies tenant-\S+\/default-deny/,
    allows: 'it to delete a policy that opens, as when a class drops it',
    twin: (who, { tenant }) => tryDelete(who, refIn(tenant, 'NetworkPolicy', 'allow-dns'))
  },
  {
    rule: 'engine-objects/where',
    refuses: 'the engine deleting an object of somebody else',
    who: 'the engine',
    attempt: (who, { elsewhere }) => tryDelete(who, managedRef({ namespace: elsewhere }, 'Role')),
    message: where,
    allows: 'it to delete what it made',
    twin: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'Role'))
  }
]
