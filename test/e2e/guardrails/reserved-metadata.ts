import type { KubeClient } from '../../cluster/client.ts'
import type { KubeObject, ObjectRef } from '../../cluster/kube-object.ts'
import { kindsOf } from './kinds.ts'
import type { GuardrailCase } from './case.ts'
import { changeFieldOwner, dryRun, namespaceRef, ownerReference, type Who, type World } from './world.ts'

const labels = /the labels controller-uid and k8s-mtp.dev\/\* are reserved for k8s-mtp. Leave them unchanged, or move a namespace with k8s-mtp adopt and release/
const annotations = /the annotations metacontroller.k8s.io\/last-applied-configuration and k8s-mtp.dev\/\* are reserved for k8s-mtp/
const owners = /ownerReferences to a Tenant are reserved for k8s-mtp/
const lifetime = /ownerReferences cannot be added to a Tenant's namespace, nor that to kube-system removed. Add others to objects in the namespace/
const finalizers = /TenantClass \S+ does not allow to add the finalizer example.com\/keep to a Tenant's namespace: spec.namespaceMetadata.finalizers lists none. Add finalizers to objects in the namespace, or change the TenantClass/
const otherOwner = { apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: '00000000-0000-0000-0000-000000000000' }
const lastApplied = 'metacontroller.k8s.io/last-applied-configuration'
const admin: Who = 'a cluster administrator'

const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'x']))

type Change = (who: KubeClient, ref: ObjectRef, metadata: object) => Promise<unknown>

/** Every verb, subresource and patch type that writes an object: none may make a difference. */
const ways: Record<string, Change> = {
  'a merge patch': (who, ref, metadata) => who.patch(ref, { metadata }, dryRun),
  'a strategic merge patch': (who, ref, metadata) => who.patch(ref, { metadata }, { ...dryRun, type: 'strategic' }),
  'a JSON patch': (who, ref, metadata) => who.patch(ref, Object.entries(metadata).map(([field, value]) => ({ op: 'add', path: `/metadata/${field}`, value: value as unknown })), { ...dryRun, type: 'json' }),
  'a server-side apply': (who, ref, metadata) => who.patch(ref, { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name, ...metadata } }, { ...dryRun, type: 'apply', fieldManager: 'mallory', force: true }),
  'an update': async (who, ref, metadata) => {
    const object = await who.get(ref)
    return who.update({ ...object, metadata: { ...object.metadata, ...metadata } }, dryRun)
  },
  'an update of its status': async (who, ref, metadata) => {
    const object = await who.get(ref)
    return who.updateStatus({ ...object, metadata: { ...object.metadata, ...metadata } }, dryRun)
  },
  'a patch of its status': (who, ref, metadata) => who.patch(ref, { metadata }, { ...dryRun, subresource: 'status' }),
  'its subresource finalize': async (who, ref, metadata) => {
    const object = await who.get(ref)
    return who.request('PUT', `/api/v1/namespaces/${ref.name}/finalize?dryRun=All`, { ...object, metadata: { ...object.metadata, ...metadata } })
  }
}

async function removeOneOwner (who: KubeClient, { owned }: World): Promise<unknown> {
  return who.patch(namespaceRef(owned), [{ op: 'remove', path: '/metadata/ownerReferences/0' }], { ...dryRun, type: 'json' })
}

interface Reserved { what: string, rule: string, message: RegExp, metadata: (world: World) => object, harmless: object }

const reserved: Reserved[] = [
  { what: 'the ownership label of a Tenant', rule: 'tenant-objects/metadata-labels', message: labels, metadata: ({ tenant }) => ({ labels: { 'controller-uid': tenant.uid } }), harmless: { labels: { 'controller-id': 'x' } } },
  { what: 'a forged ownership label', rule: 'tenant-objects/metadata-labels', message: labels, metadata: () => ({ labels: { 'controller-uid': '00000000-0000-0000-0000-000000000000' } }), harmless: { labels: { uid: 'x' } } },
  { what: 'the label of a Tenant', rule: 'tenant-objects/metadata-labels', message: labels, metadata: ({ tenant }) => ({ labels: { 'k8s-mtp.dev/tenant': tenant.name } }), harmless: { labels: { 'k8s-mtp.example/tenant': 'x' } } },
  { what: 'an ownerReference to a Tenant', rule: 'tenant-objects/metadata-owners', message: owners, metadata: ({ tenant }) => ({ ownerReferences: [ownerReference(tenant)] }), harmless: { ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: '00000000-0000-0000-0000-000000000000' }] } },
  { what: 'two ownerReferences, the second one to a Tenant', rule: 'tenant-objects/metadata-owners', message: owners, metadata: ({ tenant, retained }) => ({ ownerReferences: [{ ...ownerReference(retained), controller: false }, ownerReference(tenant)] }), harmless: { ownerReferences: [] } },
  { what: 'a last-applied annotation', rule: 'tenant-objects/metadata-annotations', message: annotations, metadata: () => ({ annotations: { [lastApplied]: '{' } }), harmless: { annotations: { note: '{' } } },
  { what: 'the managed-by label', rule: 'tenant-objects/metadata-managed-by', message: /the label app.kubernetes.io\/managed-by: k8s-mtp is reserved for k8s-mtp/, metadata: () => ({ labels: { 'app.kubernetes.io/managed-by': 'k8s-mtp' } }), harmless: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } } }
]

const onNamespaces: GuardrailCase[] = reserved.flatMap(({ what, rule, message, metadata, harmless }) => Object.entries(ways).map(([way, change]): GuardrailCase => ({
  rule,
  refuses: `${what} on a namespace by ${way}`,
  who: admin,
  attempt: (who, world) => change(who, namespaceRef(world.elsewhere), metadata(world)),
  message,
  allows: 'other metadata',
  control: (who, world) => change(who, namespaceRef(world.elsewhere), harmless)
})))

const onCreation: GuardrailCase[] = [{ kind: 'Namespace', make: (): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new-one' } }) }, ...kindsOf()].flatMap(({ kind, make }) =>
  reserved.map(({ what, rule, message, metadata, harmless }): GuardrailCase => ({
    rule,
    refuses: `creation of a ${kind} with ${what}`,
    who: admin,
    attempt: (who, world) => who.create(withMetadata(make(world.elsewhere), metadata(world)), dryRun),
    message,
    allows: 'creation without it',
    control: (who, world) => who.create(withMetadata(make(world.elsewhere), harmless), dryRun)
  })))

function withMetadata (object: KubeObject, metadata: object): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...metadata } }
}

const changes: GuardrailCase[] = [
  { rule: 'tenant-objects/metadata-labels', refuses: 'removal of the ownership label of a namespace', metadata: { labels: { 'controller-uid': null } }, message: labels },
  { rule: 'tenant-objects/metadata-labels', refuses: 'removal of the Tenant label of a namespace', metadata: { labels: { 'k8s-mtp.dev/tenant': null } }, message: labels },
  { rule: 'tenant-objects/metadata-labels', refuses: 'another label with the prefix k8s-mtp.dev/', metadata: { labels: { 'k8s-mtp.dev/anything': 'x' } }, message: labels },
  { rule: 'tenant-objects/metadata-owners', refuses: 'removal of the ownerReference of a namespace', metadata: { ownerReferences: null }, message: owners },
  { rule: 'tenant-objects/metadata-pod-security', refuses: 'lower pod security', metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } }, message: /the pod security of a Tenant's namespace is set by its TenantClass. Change spec.podSecurity of the TenantClass/ },
  { rule: 'tenant-objects/metadata-pod-security', refuses: 'removal of pod security', metadata: { labels: { 'pod-security.kubernetes.io/enforce': null } }, message: /the pod security of a Tenant's namespace/ },
  { rule: 'tenant-objects/metadata-pod-security', refuses: 'pod security of an old version', metadata: { labels: { 'pod-security.kubernetes.io/enforce-version': 'v1.0' } }, message: /the pod security of a Tenant's namespace/ }
].flatMap(({ rule, refuses, metadata, message }) => Object.entries({ '': undefined, ' through its status': 'status' }).map(([through, subresource]): GuardrailCase => ({
  rule,
  refuses: refuses + through,
  who: subresource === undefined ? admin : 'the namespace controller',
  attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata }, { ...dryRun, ...(subresource !== undefined && { subresource }) }),
  message,
  allows: 'labels of other tools',
  control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { labels: { 'istio-injection': 'enabled' }, annotations: { 'cost.example/center': '42' } } }, { ...dryRun, ...(subresource !== undefined && { subresource }) })
})))

const namespaceOf = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

export const reservedMetadataCases: GuardrailCase[] = [
  ...onNamespaces,
  ...onCreation,
  ...changes,
  {
    rule: 'tenant-objects/metadata-entries',
    refuses: 'more labels than guardrails compare',
    who: admin,
    attempt: (who, { elsewhere }) => who.patch(namespaceRef(elsewhere), { metadata: { labels: entries(250) } }, dryRun),
    message: /may have 250 labels, annotations and ownerReferences each. Use fewer, or delete the object/,
    allows: 'fewer labels',
    control: (who, { elsewhere }) => who.patch(namespaceRef(elsewhere), { metadata: { labels: entries(200) } }, dryRun)
  },
  {
    rule: 'tenant-objects/metadata-entries',
    refuses: 'removal of an owner among more than guardrails compare',
    who: admin,
    attempt: removeOneOwner,
    message: /may have 250 labels, annotations and ownerReferences each/,
    allows: 'it to the garbage collector',
    allowedWho: 'the garbage collector',
    control: removeOneOwner
  },
  ...kindsOf().map(({ kind, make }): GuardrailCase => ({
    rule: 'tenant-objects/metadata-entries',
    refuses: `a ${kind} with more annotations than guardrails compare`,
    who: admin,
    attempt: (who, { elsewhere }) => who.create(withMetadata(make(elsewhere), { annotations: entries(251) }), dryRun),
    message: /may have 250 labels, annotations and ownerReferences each/,
    allows: 'fewer annotations',
    control: (who, { elsewhere }) => who.create(withMetadata(make(elsewhere), { annotations: entries(250) }), dryRun)
  })),
  {
    rule: 'tenant-objects/metadata-finalizers',
    refuses: 'a finalizer on the namespace of a Tenant',
    who: admin,
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { finalizers: ['example.com/keep'] } }, dryRun),
    message: finalizers,
    allows: 'a finalizer on any other namespace',
    control: (who, { elsewhere }) => who.patch(namespaceRef(elsewhere), { metadata: { finalizers: ['example.com/keep'] } }, dryRun)
  },
  {
    rule: 'tenant-objects/metadata-lifetime',
    refuses: 'a second owner of the namespace of a Tenant',
    who: admin,
    attempt: async (who, { tenant }) => {
      const { metadata: { ownerReferences = [] } } = await who.get(namespaceRef(tenant.namespace))
      return who.patch(namespaceRef(tenant.namespace), { metadata: { ownerReferences: [...ownerReferences, otherOwner] } }, dryRun)
    },
    message: lifetime,
    allows: 'an owner of any other namespace',
    control: (who, { elsewhere }) => who.patch(namespaceRef(elsewhere), { metadata: { ownerReferences: [otherOwner] } }, dryRun)
  },
  // Other kinds are refused to an administrator under any name: unmanaged-objects.test.ts tries them as an allowed author.
  ...kindsOf().filter(({ kind }) => kind === 'ResourceQuota').map(({ kind, make }): GuardrailCase => ({
    rule: 'tenant-objects/metadata-names',
    refuses: `a ${kind} with a name of k8s-mtp in the namespace of a Tenant`,
    who: admin,
    attempt: (who, { tenant }) => who.create(withMetadata(make(tenant.namespace), { name: 'tenant-new' }), dryRun),
    message: /the name of \S+ \S+ is reserved for k8s-mtp. Use another name/,
    allows: 'the name elsewhere',
    control: (who, { elsewhere }) => who.create(withMetadata(make(elsewhere), { name: 'tenant-new' }), dryRun)
  })),
  {
    rule: 'tenant-objects/metadata-namespace-names',
    refuses: 'a new namespace with a name that a Tenant could have',
    who: admin,
    attempt: who => who.create(namespaceOf('tenant-x'), dryRun),
    message: /^k8s-mtp creates the namespaces named tenant-\*\. If tenant-x exists, use it without creating it\. Otherwise create a Tenant, or use another name/,
    allows: 'one with another name',
    control: who => who.create(namespaceOf('tenants-x'), dryRun)
  },
  {
    rule: 'tenant-objects/metadata-namespace-names',
    refuses: 'a generated name of that form',
    who: admin,
    attempt: who => who.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: '', generateName: 'tenant-' } }, dryRun),
    message: /If tenant-\w+ exists/,
    allows: 'a name of that form',
    allowedWho: 'a member of the break-glass group',
    control: who => who.create(namespaceOf('tenant-x'), dryRun)
  },
  {
    rule: 'tenant-objects/metadata-namespace-names',
    refuses: 'creation of the existing namespace of a Tenant',
    who: admin,
    attempt: (who, { tenant }) => who.create(namespaceOf(tenant.namespace), dryRun),
    message: /exists, use it without creating it/,
    allows: 'to apply it without changes',
    control: (who, { tenant }) => who.apply(namespaceOf(tenant.namespace), { ...dryRun, fieldManager: 'argocd' })
  },
  {
    rule: 'tenant-objects/metadata-field-owners',
    refuses: 'a change of the field ownership of Metacontroller in the namespace of a Tenant',
    who: admin,
    attempt: (who, { tenant }) => changeFieldOwner(who, namespaceRef(tenant.namespace)),
    message: /metadata.managedFields of a Tenant's namespace must name Metacontroller as before/,
    allows: 'the same for any other namespace',
    control: (who, { elsewhere }) => changeFieldOwner(who, namespaceRef(elsewhere))
  },
  {
    rule: 'tenant-objects/metadata-annotation-size',
    refuses: '200000 characters of annotations on the namespace of a Tenant',
    who: admin,
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { annotations: { note: 'x'.repeat(200_000) } } }, dryRun),
    message: /the annotations of a Tenant's namespace have more than 131072 characters in total. Shorten them/,
    allows: '100000 characters',
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { annotations: { note: 'x'.repeat(100_000) } } }, dryRun)
  },
  {
    rule: 'tenant-objects/metadata-owners',
    refuses: 'an additional ownerReference to a Tenant',
    who: 'the garbage collector',
    attempt: (who, { elsewhere, tenant }) => who.patch(namespaceRef(elsewhere), { metadata: { ownerReferences: [ownerReference(tenant)] } }, dryRun),
    message: owners,
    allows: 'removal of one, as in orphaning',
    control: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { ownerReferences: null } }, dryRun)
  }
]
