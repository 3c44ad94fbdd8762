import { podSecurity } from '../../../src/verify/pods/pod-security.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { breakGlass, client } from '../context.ts'
import { refIn } from '../tenants.ts'
import { grant, rbac, type VerifiedTenant } from './world.ts'

/** What weakens a Tenant, and what shows it besides. */
export interface Weakening {
  make: (tenant: VerifiedTenant, others: Others) => Promise<unknown>
  /** Other checks in which the same weakness shows, whatever is done. */
  companions?: readonly string[]
  /** In the evidence of the check. */
  message: string | RegExp
  /** The quota controller restores it within minutes, so it is made right before it is read. */
  restored?: true
  /** Weakenings of one group are one change, of one Tenant. */
  group?: string
}

/** Namespaces beside the Tenant. */
export interface Others { tenant: VerifiedTenant, plain: string, node: string }

const admin = ({ admin: name }: VerifiedTenant) => ({ kind: 'User', name })
const viewers = ({ viewers: name }: VerifiedTenant) => ({ kind: 'Group', name })

const rule = (group: string, resource: string, verb: string, resourceNames?: string[]) =>
  ({ apiGroups: [group], resources: [resource], verbs: [verb], ...(resourceNames !== undefined && { resourceNames }) })

/** A permission of the admin in the cluster. */
const inCluster = (group: string, resource: string, verb: string): Pick<Weakening, 'make' | 'message'> => ({
  make: async tenant => await grant(admin(tenant), [rule(group, resource, verb)]),
  message: new RegExp(`^User ada@\\S+ may ${verb} ${resource.replace('/', '.*/')}`)
})

/** A permission of the admin in the namespace of the Tenant. */
const inNamespace = (group: string, resource: string, verb: string): Pick<Weakening, 'make' | 'message'> => ({
  make: async tenant => await grant(admin(tenant), [rule(group, resource, verb)], tenant.namespace),
  message: new RegExp(`^User ada@\\S+ may ${verb} `)
})

const change = (kind: string, name: string, patch: object) => async (tenant: VerifiedTenant) => {
  await breakGlass().patch(refIn(tenant, kind, name), patch)
}

const drift = ['drift']

const label = (labels: Record<string, string>) => async ({ namespace }: VerifiedTenant) => {
  const labelled = Object.fromEntries(Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]))
  await breakGlass().patch({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, { metadata: { labels: labelled } })
}

const allPodChecks = podSecurity.checks.map(({ id }) => id)
/** One label decides on all controls, so that each fails with the others. Unit tests have them one by one. */
const notEnforced = (id: string): Weakening => ({
  group: 'pod-security',
  make: label({ enforce: 'privileged' }),
  companions: [...drift, ...allPodChecks.filter(other => other !== id)],
  message: 'may create a'
})

const policy = (spec: object) => async ({ namespace }: VerifiedTenant) => {
  const object: KubeObject = {
    apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'weak', namespace }, spec: { podSelector: {}, ...spec }
  }
  await breakGlass().create(object)
}

const to = (cidr: string) => policy({ policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr } }], ports: [{ port: 443 }] }] })
const from = (namespace: string, podLabels: Record<string, string> = {}) => policy({
  ingress: [{
    from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } }, podSelector: { matchLabels: podLabels } }]
  }]
})

/** The dry run of a NetworkPolicy that a member could not create is refused as well. */
const recheck = ['admitted-earlier']

async function withoutRule (tenant: VerifiedTenant, resource: string): Promise<void> {
  const ref = refIn(tenant, 'Role', 'tenant-admin')
  const { rules } = await client().get(ref) as KubeObject & { rules: Array<{ resources: string[] }> }
  const kept = rules.map(each => ({ ...each, resources: each.resources.filter(name => name !== resource) })).filter(({ resources }) => resources.length > 0)
  await breakGlass().patch(ref, { rules: kept })
}

const select = { podSelector: { matchLabels: { app: 'some' } } }

/** By the id of the check that each is for. */
export const weakenings: Readonly<Record<string, Weakening>> = {
  'access-inside': {
    make: change('RoleBinding', 'tenant-viewer', { subjects: null }),
    companions: drift,
    message: /^Group \S+-auditors \(viewer\) have no access$/
  },
  'access-other-tenants': {
    make: async (tenant, { tenant: { namespace } }) => await grant(admin(tenant), [rule('', 'secrets', 'get')], namespace),
    message: /may get secrets in tenant-/
  },
  'access-other-namespaces': {
    make: async tenant => await grant(admin(tenant), [rule('', 'secrets', 'get')], 'kube-system'),
    message: 'may get secrets in kube-system'
  },
  'access-all-namespaces': { ...inCluster('', 'pods/log', 'get'), companions: ['access-other-tenants', 'access-other-namespaces'] },
  'access-nodes': inCluster('', 'nodes', 'list'),
  'access-volumes': inCluster('', 'persistentvolumes', 'list'),
  'access-namespaces': inCluster('', 'namespaces', 'list'),
  'access-definitions': inCluster('apiextensions.k8s.io', 'customresourcedefinitions', 'create'),
  'access-cluster-roles': inCluster(rbac, 'clusterroles', 'list'),
  'access-admission': inCluster('admissionregistration.k8s.io', 'validatingadmissionpolicies', 'patch'),
  'access-classes': inCluster('storage.k8s.io', 'storageclasses', 'create'),
  'access-certificates': inCluster('certificates.k8s.io', 'certificatesigningrequests', 'create'),
  'access-tenants': inCluster('k8s-mtp.dev', 'tenants', 'list'),
  outsiders: {
    make: async ({ namespace }) => await breakGlass().create({
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'weak', namespace },
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'tenant-viewer' },
      subjects: [{ apiGroup: rbac, kind: 'User', name: 'mallory' }]
    }),
    message: 'RoleBinding weak gives User mallory the Role tenant-viewer'
  },
  'permissions-beyond-role': {
    make: async tenant => await grant(viewers(tenant), [rule('', 'pods/exec', 'create')], tenant.namespace),
    message: /^Group \S+-auditors may create pods\/exec in tenant-/
  },
  'token-requests': inNamespace('', 'serviceaccounts/token', 'create'),
  impersonation: inCluster('', 'users', 'impersonate'),
  'role-escalation': inNamespace(rbac, 'roles', 'bind'),
  'exempt-identities': {
    make: async tenant => await grant(admin(tenant), [rule('', 'serviceaccounts/token', 'create', ['replicaset-controller'])], 'kube-system'),
    companions: ['access-other-namespaces'],
    message: 'may create serviceaccounts/token replicaset-controller in kube-system'
  },
  'node-proxy': inCluster('', 'nodes/proxy', 'get'),
  ...Object.fromEntries(allPodChecks.map(id => [id, notEnforced(id)])),
  'pod-host-probes': { make: label({ 'enforce-version': 'v1.33' }), companions: drift, message: 'may create a pod with a probe with a host' },
  'pod-run-as-user': {
    make: label({ 'enforce-version': 'v1.22' }), companions: [...drift, 'pod-host-probes'], message: 'may create a pod with runAsUser: 0'
  },
  'pod-dropped-capabilities': {
    make: label({ 'enforce-version': 'v1.21' }),
    companions: [...drift, 'pod-host-probes', 'pod-run-as-user'],
    message: 'may create a pod with capabilities.drop without ALL'
  },
  'compute-quota': {
    make: change('ResourceQuota', 'tenant-quota', { spec: { hard: { pods: null } } }), companions: drift, message: 'no quota bounds pods'
  },
  'object-quota': {
    make: change('ResourceQuota', 'tenant-objects', { spec: { hard: { configmaps: null } } }), companions: drift, message: 'no quota bounds configmaps'
  },
  'storage-quota': {
    make: change('ResourceQuota', 'tenant-storage', { spec: { hard: { persistentvolumeclaims: null } } }),
    companions: drift,
    message: 'no quota bounds persistentvolumeclaims'
  },
  'quota-in-force': {
    make: async tenant => await breakGlass().patch(refIn(tenant, 'ResourceQuota', 'tenant-objects'), { status: { hard: { configmaps: '999999' } } }, { subresource: 'status' }),
    restored: true,
    message: 'ResourceQuota tenant-objects in configmaps'
  },
  'quota-enforced': {
    make: async tenant => await breakGlass().patch(refIn(tenant, 'ResourceQuota', 'tenant-quota'), { status: { hard: { cpu: '999' } } }, { subresource: 'status' }),
    restored: true,
    companions: ['quota-in-force'],
    message: 'may create a pod with cpu above the quota'
  },
  'limit-range': {
    make: change('LimitRange', 'tenant-limits', { spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] } }),
    companions: drift,
    message: 'no LimitRange sets a default request of memory, a default limit of memory'
  },
  'network-isolation': {
    make: async tenant => {
      const { items } = await client().list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }, { namespace: tenant.namespace })
      for (const { metadata } of items) await breakGlass().patch(refIn(tenant, 'NetworkPolicy', metadata.name), { spec: select })
    },
    companions: [...drift, 'network-other-tenants', 'network-other-namespaces', 'network-outside', 'network-metadata', 'network-api-server', 'network-nodes'],
    message: 'no NetworkPolicy isolates pods'
  },
  'network-other-tenants': {
    make: async (tenant, others) => await from(others.tenant.namespace, { app: 'chosen' })(tenant),
    companions: recheck,
    message: /^open from tenant-\S+ on all ports by NetworkPolicy weak$/
  },
  'network-other-namespaces': {
    make: async (tenant, { plain }) => await from(plain)(tenant), companions: recheck, message: /^open from \S+ on all ports by NetworkPolicy weak$/
  },
  'network-outside': { make: to('198.51.100.0/24'), companions: recheck, message: 'open to 198.51.100.0 on TCP 443 by NetworkPolicy weak' },
  'network-metadata': { make: to('169.254.169.254/32'), companions: recheck, message: 'open to 169.254.169.254 on TCP 443 by NetworkPolicy weak' },
  'network-api-server': {
    make: async tenant => {
      const { spec } = await client().get({ apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'kubernetes' }) as KubeObject & { spec: { clusterIP: string } }
      await to(`${spec.clusterIP}/32`)(tenant)
    },
    companions: recheck,
    message: /^open to \S+ on TCP 443 by NetworkPolicy weak$/
  },
  'network-nodes': {
    make: async (tenant, { node }) => await to(`${node}/32`)(tenant), companions: recheck, message: /^open to \S+ on TCP 443 by NetworkPolicy weak$/
  },
  drift: { make: change('Role', 'tenant-operator', { rules: [] }), message: 'Role/tenant-operator differs in rules' },
  'admitted-earlier': {
    make: async tenant => {
      const rules = [{ host: `www.${tenant.name}.apps.example.com`, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } }]
      await client().create({
        apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace: tenant.namespace }, spec: { ingressClassName: 'nginx', rules }
      })
      await breakGlass().patch(refIn(tenant, 'WorkloadPolicy', 'tenant-workloads'), { spec: { hostNames: ['other.example.com'] } })
    },
    companions: drift,
    message: /^Ingress\/web: .* does not allow the host name www/
  },
  'legacy-tokens': {
    make: async ({ namespace }) => await breakGlass().create({
      apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name: 'forever', namespace, annotations: { 'kubernetes.io/service-account.name': 'default' } }
    }),
    companions: recheck,
    message: 'Secrets with tokens that never expire: forever'
  },
  'default-token': {
    make: async ({ namespace }) => await client().patch({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace }, { automountServiceAccountToken: true }),
    message: 'get a token of the ServiceAccount default'
  },
  'self-service-permissions': {
    make: async tenant => await withoutRule(tenant, 'roles'), companions: drift, message: 'no subject may create a Role'
  },
  'self-service-network-policies': {
    make: async tenant => await withoutRule(tenant, 'networkpolicies'), companions: drift, message: 'no subject may create a NetworkPolicy'
  }
}
