import type { KubeObject } from '../cluster/kube-object.ts'
import {
  binding, changed, clusterAdmin, labels, mallory, member, missing, namespace, owned, owner, shorter, without, type ImpostorResponse,
  type Place
} from './impostor-objects.ts'

const tenantNamespace = (name: string, tenant: string, metadata: object = {}): KubeObject => ({
  apiVersion: 'k8s-mtp.dev/v1',
  kind: 'TenantNamespace',
  metadata: { name, labels: labels(tenant), ...metadata },
  spec: { className: 'default', subjects: { admin: { 'User//mallory': member } } }
})

const restricted = (name: string, tenant: string, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { ...labels(tenant), 'pod-security.kubernetes.io/enforce': 'restricted' }, ...metadata }
})

const tenantLabel = (tenant: string) => ({ 'k8s-mtp.dev/tenant': tenant })

/** Only affect the further namespaces of the tenant of the request: they prove that the responses of an impostor are applied. */
export const takesOverFurther: ImpostorResponse = {
  tries: 'makes itself admin of a further namespace of the tenant',
  children: honest => changed(honest, 'RoleBinding', 'tenant-admin', { subjects: [mallory] })
}

export const choosesClassAndMembers: ImpostorResponse = {
  tries: 'chooses the class and members of a further namespace of the tenant',
  children: (honest, { dev }) => changed(honest, 'TenantNamespace', dev.name, {
    spec: { className: 'standard', subjects: { admin: { 'User//mallory': member } } }
  })
}

export const deletesItsObjects: ImpostorResponse = { tries: 'returns no children at all', children: () => [] }

/** Owners and labels by which the garbage collector, or the deletion of another Tenant, would take the object. */
const forgeries: Array<[tries: string, (place: Place) => Parameters<typeof owned>[3]]> = [
  ['names another Tenant as owner of', ({ uid }) => ({ ownerReferences: [{ ...owner(shorter, uid), controller: false }] })],
  ['names another Tenant as owner and in the label of', ({ uid }) => ({ ownerReferences: [{ ...owner(shorter, uid), controller: false }], labels: tenantLabel(shorter) })],
  ['names a Tenant that does not exist as owner of', ({ tenant }) => ({ ownerReferences: [{ ...owner(tenant, missing), controller: false }] })],
  ['adds a second name of its Tenant as owner of', ({ tenant, uid }) =>
    ({ ownerReferences: [owner(tenant, uid), { ...owner(shorter, uid), controller: false }] })],
  ['adds an owner of another kind to', ({ tenant, uid }) =>
    ({ ownerReferences: [owner(tenant, uid), { ...owner('missing', missing), apiVersion: 'v1', kind: 'Node', controller: false }] })],
  ['labels as that of another Tenant', ({ otherTenant }) => ({ labels: tenantLabel(otherTenant) })],
  ['labels as that of a Tenant of a shorter name', () => ({ labels: tenantLabel(shorter) })],
  ['labels as managed by another tool', () => ({ labels: { 'app.kubernetes.io/managed-by': 'helm' } })],
  ['adds a finalizer to', () => ({ finalizers: ['example.com/keep'] })]
]

/** In the place of the hook for a Tenant. */
export const responsesForTenant: ImpostorResponse[] = [
  { tries: 'leaves out all TenantNamespaces', children: honest => honest.filter(({ kind }) => kind !== 'TenantNamespace') },
  { tries: 'leaves out one TenantNamespace', children: (honest, { dev }) => without(honest, 'TenantNamespace', dev.name) },
  { tries: 'returns TenantNamespaces only', children: honest => honest.filter(({ kind }) => kind === 'TenantNamespace') },
  ...forgeries.map(([tries, metadata]): ImpostorResponse => ({
    tries: `${tries} a TenantNamespace`,
    children: (honest, place) => owned(honest, 'TenantNamespace', place.dev.name, metadata(place))
  })),
  {
    tries: 'drops the owner of a TenantNamespace',
    children: (honest, { dev }) => owned(honest, 'TenantNamespace', dev.name, { ownerReferences: [] }),
    writesNothing: true
  },
  {
    tries: 'makes a TenantNamespace its own owner',
    children: (honest, { dev }) => owned(honest, 'TenantNamespace', dev.name, {
      ownerReferences: [{ ...owner(dev.name, dev.uid, 'TenantNamespace'), controller: false }]
    })
  },
  {
    tries: 'returns the TenantNamespace of another Tenant as its own',
    children: (honest, { tenant, otherDev }) => [...honest, tenantNamespace(otherDev.name, tenant)]
  },
  {
    tries: 'returns the TenantNamespace of another Tenant in its name',
    children: (honest, { otherTenant, otherDev }) => [...honest, tenantNamespace(otherDev.name, otherTenant)]
  },
  {
    tries: 'owns the TenantNamespace of another Tenant',
    children: (honest, { otherTenant, otherDev, uid }) =>
      [...honest, tenantNamespace(otherDev.name, otherTenant, { ownerReferences: [owner(otherTenant, uid)] })]
  },
  {
    tries: 'returns a TenantNamespace whose namespace has the name of its own: a.b-c beside a-b.c',
    children: (honest, { alike, tenant }) => [...honest, tenantNamespace(alike.name, tenant)]
  },
  {
    tries: 'returns that in the name of its Tenant',
    children: (honest, { alike }) => [...honest, tenantNamespace(alike.name, shorter)]
  },
  {
    tries: 'owns that in the name of its Tenant',
    children: (honest, { alike, uid }) => [...honest, tenantNamespace(alike.name, shorter, { ownerReferences: [owner(shorter, uid)] })]
  },
  {
    tries: 'creates a TenantNamespace of another Tenant as its own',
    children: (honest, { otherTenant, tenant }) => [...honest, tenantNamespace(`${otherTenant}.evil`, tenant)]
  },
  {
    tries: 'creates a TenantNamespace in the name of another Tenant',
    children: (honest, { otherTenant }) => [...honest, tenantNamespace(`${otherTenant}.evil`, otherTenant)]
  },
  {
    tries: 'creates a TenantNamespace of another Tenant without owner',
    children: (honest, { otherTenant }) => [...honest, tenantNamespace(`${otherTenant}.evil`, otherTenant, { ownerReferences: [] })]
  },
  {
    tries: 'creates a TenantNamespace without entry',
    children: (honest, { tenant }) => [...honest, tenantNamespace(tenant, tenant)]
  },
  {
    tries: 'creates a TenantNamespace of a Tenant whose name begins alike',
    children: (honest, { tenant }) => [...honest, tenantNamespace(`${tenant}-2.dev`, tenant)]
  },
  {
    tries: 'returns the namespace of its TenantNamespace',
    children: (honest, { tenant, dev }) => [...honest, restricted(dev.namespace, tenant)]
  },
  {
    tries: 'owns the namespace of its TenantNamespace',
    children: (honest, { tenant, dev, uid }) => [...honest, restricted(dev.namespace, tenant, { ownerReferences: [owner(tenant, uid)] })]
  }
]

/** In the place of the hook for a TenantNamespace. */
export const responsesForFurther: ImpostorResponse[] = [
  ...forgeries.map(([tries, metadata]): ImpostorResponse => ({
    tries: `${tries} its namespace`,
    children: (honest, place) => owned(honest, 'Namespace', place.dev.namespace, metadata(place))
  })),
  {
    tries: 'drops the owner of its namespace',
    children: (honest, { dev }) => owned(honest, 'Namespace', dev.namespace, { ownerReferences: [] }),
    writesNothing: true
  },
  {
    tries: 'names a TenantNamespace of a Tenant of a shorter name as owner of its namespace',
    children: (honest, { dev, alike }) => owned(honest, 'Namespace', dev.namespace, {
      ownerReferences: [owner(alike.name, dev.uid, 'TenantNamespace')], labels: tenantLabel(shorter)
    })
  },
  ...([
    ['the home namespace of its Tenant', ({ namespace, tenant }) => [namespace, tenant]],
    ['another further namespace of its Tenant', ({ prod, tenant }) => [prod.namespace, tenant]],
    ['the home namespace of another Tenant', ({ otherNamespace, otherTenant }) => [otherNamespace, otherTenant]],
    ['a further namespace of another Tenant', ({ otherDev, otherTenant }) => [otherDev.namespace, otherTenant]]
  ] as Array<[string, (place: Place) => [name: string, tenant: string]]>).flatMap(([what, of]): ImpostorResponse[] => [
    {
      tries: `returns ${what} as its own`,
      children: (honest, place) => [...honest, restricted(of(place)[0], place.tenant)]
    },
    {
      tries: `returns ${what} in the name of its Tenant`,
      children: (honest, place) => [...honest, restricted(...of(place))]
    },
    {
      tries: `owns ${what}`,
      children: (honest, place) =>
        [...honest, restricted(...of(place), { ownerReferences: [owner(place.dev.name, place.dev.uid, 'TenantNamespace')] })]
    },
    {
      tries: `binds itself in ${what}`,
      children: (honest, place) => [...honest, binding('tenant-admin-evil', of(place)[0], of(place)[1])]
    }
  ]),
  {
    tries: 'creates one more namespace of its Tenant',
    children: (honest, { tenant }) => [...honest, restricted(`tenant-${tenant}-evil`, tenant)]
  },
  {
    tries: 'creates a namespace of another Tenant',
    children: (honest, { otherTenant }) => [...honest, restricted(`tenant-${otherTenant}-evil`, otherTenant)]
  },
  { tries: 'lowers pod security of kube-system', children: honest => [...honest, namespace('kube-system')] },
  {
    tries: 'lets privileged pods into its namespace',
    children: (honest, { dev, tenant }) => changed(honest, 'Namespace', dev.namespace, namespace(dev.namespace, labels(tenant)))
  },
  {
    tries: 'returns another TenantNamespace of its Tenant',
    children: (honest, { prod, tenant }) => [...honest, tenantNamespace(prod.name, tenant)]
  },
  {
    tries: 'creates a TenantNamespace of its Tenant',
    children: (honest, { tenant }) => [...honest, tenantNamespace(`${tenant}.evil`, tenant)]
  },
  {
    tries: 'returns the TenantNamespace of another Tenant',
    children: (honest, { otherDev, otherTenant }) => [...honest, tenantNamespace(otherDev.name, otherTenant)]
  },
  {
    tries: 'leaves out isolation',
    children: honest => honest.filter(({ kind }) => !['NetworkPolicy', 'WorkloadPolicy'].includes(kind))
  },
  { tries: 'leaves out its namespace', children: (honest, { dev }) => without(honest, 'Namespace', dev.namespace) },
  { tries: 'binds itself to cluster-admin', children: honest => changed(honest, 'RoleBinding', 'tenant-admin', { ...clusterAdmin, subjects: [mallory] }) },
  deletesItsObjects,
  { tries: 'returns null', children: () => null }
]

/** In the place of the hook for a TenantNamespace in conflict: its namespace has the name of one of another Tenant. */
export const responsesForAlike: ImpostorResponse[] = [
  ['as its own', shorter, {}],
  ['without owner', shorter, { ownerReferences: [] }],
  ['in the name of its Tenant', 'acme-eu', {}]
].map(([how, tenant, metadata]): ImpostorResponse => ({
  tries: `returns the namespace of the other Tenant ${how as string}`,
  children: (honest, { dev }) => [...honest, restricted(dev.namespace, tenant as string, metadata as object)]
})).concat([
  {
    tries: 'owns the namespace of the other Tenant',
    children: (honest, { dev, alike }) =>
      [...honest, restricted(dev.namespace, shorter, { ownerReferences: [owner(alike.name, alike.uid, 'TenantNamespace')] })]
  },
  {
    tries: 'owns the namespace of the other Tenant in its name',
    children: (honest, { tenant, dev, alike }) =>
      [...honest, restricted(dev.namespace, tenant, { ownerReferences: [owner(alike.name, alike.uid, 'TenantNamespace')] })]
  },
  {
    tries: 'binds itself in the namespace of the other Tenant',
    children: (honest, { dev }) => [...honest, binding('tenant-admin-evil', dev.namespace, shorter)]
  },
  {
    tries: 'binds itself there in the name of the other Tenant',
    children: (honest, { dev, tenant }) => [...honest, binding('tenant-admin-evil', dev.namespace, tenant)]
  },
  {
    tries: 'becomes the owner of the TenantNamespace of the other Tenant',
    children: (honest, { dev, tenant, alike }) =>
      [...honest, tenantNamespace(dev.name, tenant, { ownerReferences: [owner(alike.name, alike.uid, 'TenantNamespace')] })]
  }
])
