import type { KubeClient } from '../../cluster/client.ts'
import { refOf, type KubeObject, type ObjectRef } from '../../cluster/kube-object.ts'
import { kindsOf } from './kinds.ts'
import type { GuardrailCase } from './case.ts'
import { dryRun, managedRef, namespaceRef, ownerReference, type Who, type World } from './world.ts'

const labels = /the labels controller-uid and k8s-mtp.dev\/\* say whose an object is and are set by the platform alone: leave them as they are/
const annotations = /the annotations metacontroller.k8s.io\/last-applied-configuration and k8s-mtp.dev\/\* are the platform's memory/
const owners = /ownerReferences to a Tenant are set and removed by the platform alone/
const lifetime = /what holds up the end of a tenant's namespace is decided by the platform/
const otherOwner = { apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: '00000000-0000-0000-0000-000000000000' }
const lastApplied = 'metacontroller.k8s.io/last-applied-configuration'
const admin: Who = 'a cluster administrator'

type Change = (who: KubeClient, ref: ObjectRef, metadata: object) => Promise<unknown>

/** Every way to write an object. The API server shows a guardrail what would be, so none may make a difference. */
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

interface Mark { what: string, rule: string, message: RegExp, metadata: (world: World) => object, harmless: object }

const marks: Mark[] = [
  { what: 'the ownership label of a Tenant', rule: 'reserved-metadata/labels', message: labels, metadata: ({ tenant }) => ({ labels: { 'controller-uid': tenant.uid } }), harmless: { labels: { 'controller-id': 'x' } } },
  { what: 'a forged ownership label', rule: 'reserved-metadata/labels', message: labels, metadata: () => ({ labels: { 'controller-uid': '00000000-0000-0000-0000-000000000000' } }), harmless: { labels: { uid: 'x' } } },
  { what: 'the label of a tenant', rule: 'reserved-metadata/labels', message: labels, metadata: ({ tenant }) => ({ labels: { 'k8s-mtp.dev/tenant': tenant.name } }), harmless: { labels: { 'k8s-mtp.example/tenant': 'x' } } },
  { what: 'an ownerReference to a Tenant', rule: 'reserved-metadata/owners', message: owners, metadata: ({ tenant }) => ({ ownerReferences: [ownerReference(tenant)] }), harmless: { ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: '00000000-0000-0000-0000-000000000000' }] } },
  { what: 'two ownerReferences, the second one to a Tenant', rule: 'reserved-metadata/owners', message: owners, metadata: ({ tenant, retained }) => ({ ownerReferences: [{ ...ownerReference(retained), controller: false }, ownerReference(tenant)] }), harmless: { ownerReferences: [] } },
  { what: 'what the engine is to have applied', rule: 'reserved-metadata/annotations', message: annotations, metadata: () => ({ annotations: { [lastApplied]: '{' } }), harmless: { annotations: { note: '{' } } },
  { what: 'the label of who manages it', rule: 'reserved-metadata/managed-by', message: /the label app.kubernetes.io\/managed-by: k8s-mtp is set by the platform alone/, metadata: () => ({ labels: { 'app.kubernetes.io/managed-by': 'k8s-mtp' } }), harmless: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } } }
]

const onNamespaces: GuardrailCase[] = marks.flatMap(({ what, rule, message, metadata, harmless }) => Object.entries(ways).map(([way, change]): GuardrailCase => ({
  rule,
  refuses: `putting ${what} on a namespace by ${way}`,
  who: admin,
  attempt: (who, world) => change(who, namespaceRef(world.elsewhere), metadata(world)),
  message,
  allows: 'what belongs to others',
  twin: (who, world) => change(who, namespaceRef(world.elsewhere), harmless)
})))

const onCreation: GuardrailCase[] = [{ kind: 'Namespace', make: (): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new-one' } }) }, ...kindsOf()].flatMap(({ kind, make }) =>
  marks.map(({ what, rule, message, metadata, harmless }): GuardrailCase => ({
    rule,
    refuses: `creating a ${kind} with ${what}`,
    who: admin,
    attempt: (who, world) => who.create(withMetadata(make(world.elsewhere), metadata(world)), dryRun),
    message,
    allows: 'one without',
    twin: (who, world) => who.create(withMetadata(make(world.elsewhere), harmless), dryRun)
  })))

function withMetadata (object: KubeObject, metadata: object): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...metadata } }
}

const shed: GuardrailCase[] = [
  { rule: 'reserved-metadata/labels', refuses: 'taking the ownership label off the namespace of a tenant', metadata: { labels: { 'controller-uid': null } }, message: labels },
  { rule: 'reserved-metadata/labels', refuses: 'taking the label of its tenant off a namespace', metadata: { labels: { 'k8s-mtp.dev/tenant': null } }, message: labels },
  { rule: 'reserved-metadata/labels', refuses: 'adding a label in our name', metadata: { labels: { 'k8s-mtp.dev/anything': 'x' } }, message: labels },
  { rule: 'reserved-metadata/owners', refuses: 'taking the ownerReference off the namespace of a tenant', metadata: { ownerReferences: null }, message: owners },
  { rule: 'reserved-metadata/pod-security', refuses: 'lowering pod security', metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } }, message: /pod security of a tenant is decided by spec.podSecurity of its TenantClass: change it there/ },
  { rule: 'reserved-metadata/pod-security', refuses: 'taking pod security off', metadata: { labels: { 'pod-security.kubernetes.io/enforce': null } }, message: /pod security of a tenant/ },
  { rule: 'reserved-metadata/pod-security', refuses: 'pinning pod security to an old version', metadata: { labels: { 'pod-security.kubernetes.io/enforce-version': 'v1.0' } }, message: /pod security of a tenant/ }
].flatMap(({ rule, refuses, metadata, message }) => Object.entries({ '': undefined, ' through its status': 'status' }).map(([through, subresource]): GuardrailCase => ({
  rule,
  refuses: refuses + through,
  who: subresource === undefined ? admin : 'the namespace controller',
  attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata }, { ...dryRun, ...(subresource !== undefined && { subresource }) }),
  message,
  allows: 'the labels of other tools',
  twin: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { labels: { 'istio-injection': 'enabled' }, annotations: { 'cost.example/center': '42' } } }, { ...dryRun, ...(subresource !== undefined && { subresource }) })
})))

export const reservedMetadataCases: GuardrailCase[] = [
  ...onNamespaces,
  ...onCreation,
  ...shed,
  {
    rule: 'reserved-metadata/lifetime',
    refuses: 'keeping the namespace of a tenant by a finalizer',
    who: admin,
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { finalizers: ['example.com/keep'] } }, dryRun),
    message: lifetime,
    allows: 'it on any other namespace',
    twin: (who, { elsewhere }) => who.patch(namespaceRef(elsewhere), { metadata: { finalizers: ['example.com/keep'] } }, dryRun)
  },
  {
    rule: 'reserved-metadata/lifetime',
    refuses: 'keeping the namespace of a tenant by a second owner',
    who: admin,
    attempt: async (who, { tenant }) => {
      const { metadata: { ownerReferences = [] } } = await who.get(namespaceRef(tenant.namespace))
      return who.patch(namespaceRef(tenant.namespace), { metadata: { ownerReferences: [...ownerReferences, otherOwner] } }, dryRun)
    },
    message: lifetime,
    allows: 'it on any other namespace',
    twin: (who, { elsewhere }) => who.patch(namespaceRef(elsewhere), { metadata: { ownerReferences: [otherOwner] } }, dryRun)
  },
  {
    rule: 'reserved-metadata/annotation-room',
    refuses: 'filling up the annotations of the namespace of a tenant',
    who: admin,
    attempt: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { annotations: { note: 'x'.repeat(200_000) } } }, dryRun),
    message: /the annotations of a tenant's namespace may have 131072 characters in all, so that there is room for the platform's own: shorten them/,
    allows: 'a long one',
    twin: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { annotations: { note: 'x'.repeat(100_000) } } }, dryRun)
  },
  {
    rule: 'reserved-metadata/labels',
    refuses: 'taking a label of ours off a quota through its status',
    who: 'the quota controller',
    attempt: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { metadata: { labels: { 'k8s-mtp.dev/tenant': null } } }, { ...dryRun, subresource: 'status' }),
    message: labels,
    allows: 'counting what is used',
    twin: async (who, { tenant }) => {
      const quota = await who.get(managedRef(tenant, 'ResourceQuota'))
      return who.patch(refOf(quota), { status: { used: { pods: '1' } } }, { ...dryRun, subresource: 'status' })
    }
  },
  {
    rule: 'reserved-metadata/owners',
    refuses: 'the garbage collector adding an ownerReference to a Tenant',
    who: 'the garbage collector',
    attempt: (who, { elsewhere, tenant }) => who.patch(namespaceRef(elsewhere), { metadata: { ownerReferences: [ownerReference(tenant)] } }, dryRun),
    message: owners,
    allows: 'it to take one off, as orphaning does',
    twin: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { ownerReferences: null } }, dryRun)
  }
]
