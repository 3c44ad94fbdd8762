import type { KubeClient } from '../../cluster/client.ts'
import { ENGINE_USER } from '../../cluster/credentials.ts'
import { refOf, type KubeObject, type ObjectRef } from '../../cluster/kube-object.ts'
import { classManifest, classRef } from '../classes.ts'
import { as, asExempt, breakGlass, client, eventually } from '../context.ts'
import { refIn, remove, tenantManifest, tenantRef, uniqueName, waitForReady, waitForReason, type TestTenant } from '../tenants.ts'

/** Objects of the cases. Each case is a dry run, so all share them. */
export interface World {
  /** With a further namespace. */
  tenant: TestTenant
  /** The TenantNamespace of that namespace. */
  further: TestTenant
  /** A TenantNamespace that an earlier Tenant of the same name left behind, by an orphaning deletion. */
  leftBehind: TestTenant
  /** With the deletionPolicy Retain. */
  retained: TestTenant
  /** Lists an existing namespace that does not exist. */
  listing: TestTenant
  /** As listing; a case writes its status. */
  unkept: TestTenant
  /** Of a class whose members may write permissions and NetworkPolicies. */
  selfService: TestTenant
  /** An unmanaged namespace with a Role named like a managed one. */
  elsewhere: string
  /** An unmanaged namespace with an ownerReference to a Tenant. */
  adopted: string
  /** An unmanaged namespace with 251 owners, as it may be from before the guardrails. */
  owned: string
  /** An unmanaged namespace with a name that the Tenant could use. */
  squatted: string
  /** A namespace that an earlier Tenant with the deletionPolicy Retain left behind. */
  orphaned: string
  /** A namespace with the labels of one Tenant and an ownerReference to another. */
  misowned: string
  /** A namespace that a TenantNamespace owns, but is for another one. */
  misnamed: string
  /** An existing namespace that was given to a Tenant, without the labels of Metacontroller; named as the owner of the namespace. */
  given: TestTenant
  /** As given, with another name of the same uid as second owner. */
  ambiguous: TestTenant
}

/** A Secret that Kubernetes writes a token of a ServiceAccount into. Break-glass created one in `tenant`. */
export function tokenSecret (namespace: string, name = 'token', account = 'default'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: { name, namespace, annotations: { 'kubernetes.io/service-account.name': account } }
  }
}

/** The uid of no object: garbage collection deletes an object whose only owner does not exist. */
export const unknownUid = '11111111-2222-3333-4444-555555555555'

/** A group with the ClusterRole edit in all namespaces. */
const editors = 'editors-of-all-namespaces'

/** RBAC allows everything here except to the editor, so that only guardrails refuse. */
export const people = {
  'a cluster administrator': () => client(),
  'a member of the break-glass group': breakGlass,
  'an editor of all namespaces': () => as('eddie', [editors]),
  'the engine': () => asExempt(ENGINE_USER),
  'the garbage collector': () => asExempt('system:serviceaccount:kube-system:generic-garbage-collector'),
  'the namespace controller': () => asExempt('system:serviceaccount:kube-system:namespace-controller'),
  'the quota controller': () => asExempt('system:serviceaccount:kube-system:resourcequota-controller')
} satisfies Record<string, () => KubeClient>
export type Who = keyof typeof people

export const rbac = 'rbac.authorization.k8s.io'
export const dryRun = { dryRun: true } as const

export const lastApplied = 'metacontroller.k8s.io/last-applied-configuration'

/** A Role in `elsewhere` with the label that gives it to a Tenant. */
export const givenRole = 'given'

/** An unmanaged object in the namespace of the Tenant, with a name that one of its own could have. */
export const unmanagedBinding = 'tenant-viewer-theirs'

export async function createWorld (): Promise<{ world: World, remove: () => Promise<void> }> {
  const admins = [{ kind: 'User', name: 'ada@acme.example' }]
  const tenant = await tenantOf({ admins, namespaces: [{ name: 'dev' }] })
  const retained = await tenantOf({ admins, deletionPolicy: 'Retain' })
  const className = uniqueName('self-service')
  await client().create(classManifest(className, { selfService: { permissions: true, networkPolicies: { ruleWithoutPeers: 'Refuse' } } }))
  const selfService = await tenantOf({ admins, className })
  const [listing, unkept] = [await tenantOf({ namespaces: [{ existing: 'nowhere' }] }), await tenantOf({ namespaces: [{ existing: 'nowhere' }] })]
  await Promise.all([tenant, retained, selfService].map(each => waitForReady(each)))
  await eventually(async () => client().get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: tenant.namespace, name: 'default' }))
  await breakGlass().create(tokenSecret(tenant.namespace))
  await waitForReason(unkept, 'NamespacesNotReady')
  const [further, leftBehind] = [await furtherOf(tenant, 'dev'), await leaveBehind(tenant)]
  const elsewhere = uniqueName('elsewhere')
  const adopted = uniqueName('adopted')
  await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: elsewhere } })
  const annotations = { [lastApplied]: '{}' }
  for (const metadata of [{ name: 'tenant-admin' }, { name: givenRole, labels: { 'controller-uid': unknownUid } }]) {
    await breakGlass().create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { ...metadata, namespace: elsewhere, annotations }, rules: [] })
  }
  // The engine ignores an owner that is not the controller; garbage collection does not.
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: adopted, ownerReferences: [{ ...ownerReference(tenant), controller: false }] } })
  const owned = uniqueName('owned')
  // The garbage collector cannot look up owners of an unknown kind, so it leaves the namespace as it is.
  const owners = Array.from({ length: 251 }, (_, index) => ({ apiVersion: 'example.com/v1', kind: 'Unknown', name: 'x', uid: `${unknownUid}-${index}` }))
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: owned, ownerReferences: owners } })
  await breakGlass().create({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: unmanagedBinding, namespace: tenant.namespace },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'tenant-admin' }
  })
  const squatted = `tenant-${tenant.name}-squatted`
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: squatted } })
  const [orphaned, misowned] = [`tenant-${tenant.name}-orphaned`, `tenant-${tenant.name}-misowned`]
  await breakGlass().create(labelled(tenant, orphaned, { 'controller-uid': unknownUid, 'k8s-mtp.dev/deletion-policy': 'Retain' }))
  const ownerReferences = [{ ...ownerReference(tenant), controller: false }]
  await breakGlass().create(labelled(tenant, misowned, { 'controller-uid': unknownUid }, { ownerReferences }))
  const misnamed = `tenant-${tenant.name}-misnamed`
  const notController = { ...ownerReference(leftBehind), controller: false }
  await breakGlass().create(labelled(tenant, misnamed, { 'controller-uid': leftBehind.uid }, { ownerReferences: [notController] }))
  const [given, ambiguous] = [await give(tenant, []), await give(tenant, ['missing'])]
  const binding = await client().create(editorBinding(uniqueName('editors'), { kind: 'Group', name: editors }))
  return {
    world: { tenant, further, leftBehind, retained, listing, unkept, selfService, elsewhere, adopted, owned, squatted, orphaned, misowned, misnamed, given, ambiguous },
    async remove () {
      await breakGlass().patch(namespaceRef(adopted), { metadata: { ownerReferences: null } })
      await breakGlass().patch(retained.ref, { spec: { deletionPolicy: 'Delete' } })
      await waitForReady(retained)
      await breakGlass().patch(unkept.ref, { spec: { namespaces: null } })
      await remove(unkept.ref)
      await Promise.all([remove(refOf(binding)), remove(namespaceRef(misowned)), remove(namespaceRef(misnamed)), remove(leftBehind.ref)])
      await Promise.all([remove(tenant.ref), remove(retained.ref), remove(listing.ref), remove(selfService.ref), ...[elsewhere, adopted, owned, squatted, orphaned, given.namespace, ambiguous.namespace].map(async name => remove(namespaceRef(name)))])
      await remove(classRef(className))
    }
  }
}

/** Gives a new namespace to a TenantNamespace that does not exist. Without the label of a Tenant, the garbage collector may not delete it. */
async function give ({ name: tenant }: { name: string }, otherNames: string[]): Promise<TestTenant> {
  const namespace = uniqueName('given')
  const name = `${tenant}.existing.${namespace}`
  const owners = [name, ...otherNames].map((name, index) => ({ ...ownerReference({ name, uid: unknownUid }), controller: index === 0 }))
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { 'controller-uid': unknownUid }, ownerReferences: owners } })
  return { name, namespace, uid: unknownUid, ref: { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', name } }
}

/** Builds a binding of the ClusterRole edit in all namespaces. */
export function editorBinding (name: string, subject: { kind: string, name: string, namespace?: string }): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'edit' },
    subjects: [subject]
  }
}

/** Builds a namespace as the engine writes it. */
export function labelled (tenant: { name: string, uid: string }, name: string, labels: object = {}, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        'app.kubernetes.io/managed-by': 'k8s-mtp',
        'k8s-mtp.dev/tenant': tenant.name,
        'controller-uid': tenant.uid,
        'pod-security.kubernetes.io/enforce': 'restricted',
        ...labels
      } as Record<string, string>, // undefined removes one
      ...metadata
    }
  }
}

/** Builds a TenantNamespace of a Tenant as the engine writes it. */
export function furtherObject (tenant: { name: string, uid: string }, name: string, labels: object = {}, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'k8s-mtp.dev/v1',
    kind: 'TenantNamespace',
    metadata: {
      name,
      labels: {
        'app.kubernetes.io/managed-by': 'k8s-mtp',
        'k8s-mtp.dev/tenant': tenant.name,
        'controller-uid': tenant.uid,
        ...labels
      } as Record<string, string>, // undefined removes one
      ownerReferences: [ownerReference({ name: tenant.name, uid: tenant.uid })],
      ...metadata
    },
    spec: { className: 'default' }
  }
}

async function furtherOf (tenant: { name: string }, entry: string): Promise<TestTenant> {
  const ref: ObjectRef = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantNamespace', name: `${tenant.name}.${entry}` }
  const { metadata: { uid = '' } } = await client().get(ref)
  return { name: ref.name, namespace: `tenant-${tenant.name}-${entry}`, uid, ref }
}

async function leaveBehind (tenant: { name: string }): Promise<TestTenant> {
  const earlier = { name: tenant.name, uid: unknownUid }
  await breakGlass().create(furtherObject(earlier, `${tenant.name}.left`, {}, { ownerReferences: [] }))
  return furtherOf(tenant, 'left')
}

async function tenantOf (spec: object): Promise<TestTenant> {
  const name = uniqueName()
  const { metadata: { uid = '' } } = await client().create(tenantManifest(name, spec))
  return { name, namespace: `tenant-${name}-shop`, uid, ref: tenantRef(name) }
}

/** Of a Tenant or, with a dot in the name, of a TenantNamespace. */
export function ownerReference ({ name, uid }: { name: string, uid: string }) {
  const kind = name.includes('.') ? 'TenantNamespace' : 'Tenant'
  return { apiVersion: 'k8s-mtp.dev/v1', kind, name, uid, controller: true, blockOwnerDeletion: true }
}

export function namespaceRef (name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Namespace', name }
}

/** The name of one object of each managed kind. */
export const managed = {
  LimitRange: 'tenant-limits',
  ResourceQuota: 'tenant-quota',
  NetworkPolicy: 'default-deny',
  Role: 'tenant-admin',
  RoleBinding: 'tenant-admin',
  WorkloadPolicy: 'tenant-workloads'
} as const
export type ManagedKind = keyof typeof managed

export function managedRef (tenant: { namespace: string }, kind: ManagedKind): ObjectRef {
  return refIn(tenant, kind, managed[kind])
}

export async function tryDelete (who: KubeClient, ref: ObjectRef): Promise<KubeObject> {
  return who.delete(ref, { dryRun: ['All'] })
}

/** Adds an entry of a manager, as clients may write it. */
export async function addManager (who: KubeClient, ref: ObjectRef): Promise<unknown> {
  const { metadata: { managedFields = [] } } = await client().get(ref)
  const fieldsV1 = { 'f:metadata': { 'f:labels': { 'f:app.kubernetes.io/managed-by': {} } } }
  const entry = { manager: 'mallory', operation: 'Update', apiVersion: ref.apiVersion, fieldsType: 'FieldsV1', time: '2026-11-22T12:00:00Z', fieldsV1 }
  return who.patch(ref, { metadata: { managedFields: [...managedFields, entry] } }, dryRun)
}

/** Applies the object without changes by server-side apply, so that this manager owns its fields too. */
export async function applyAsItIs (who: KubeClient, ref: ObjectRef, fieldManager = 'mallory'): Promise<unknown> {
  const { apiVersion, kind, metadata: { name, namespace, labels = {} }, status: _, ...content } = await client().get(ref)
  const metadata = { name, ...(namespace !== undefined && { namespace }), labels }
  return who.apply({ apiVersion, kind, metadata, ...content }, { ...dryRun, fieldManager, force: true })
}

/** Takes the fields from the engine where it applies them, or else forges that it does. */
export async function changeFieldOwner (who: KubeClient, ref: ObjectRef): Promise<unknown> {
  const { metadata: { managedFields = [] } } = await client().get(ref)
  if (managedFields.some(({ manager, operation }) => manager === 'metacontroller' && operation === 'Apply')) {
    return who.patch(ref, [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }], { ...dryRun, type: 'json' })
  }
  return applyAsItIs(who, ref, 'metacontroller')
}
