import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { KubeClient } from '../../cluster/client.ts'
import { breakGlass, client, eventually } from '../context.ts'
import { dryRun, managedRef, namespaceRef, tryDelete } from '../guardrails/world.ts'
import { casesOf, refused, type Attempt, type Advisory } from './advisory.ts'
import { configMap, type AdvisoryWorld } from './world.ts'

const objects = 'k8s-mtp-tenant-objects'

const relabel = (who: KubeClient, namespace: string, labels: object) => who.patch(namespaceRef(namespace), { metadata: { labels } }, dryRun)
const work = (who: KubeClient, { tenant }: AdvisoryWorld) => who.create(configMap(tenant), dryRun)

/** Requests that remove isolation, and what refuses them to users with permissions on namespaces, quotas and policies. */
const removals: Array<{ what: string, stoppedBy: string, remove: (who: KubeClient, world: AdvisoryWorld) => Promise<unknown> }> = [
  { what: 'removal of the ownerReference', stoppedBy: objects, remove: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { ownerReferences: null } }, dryRun) },
  { what: 'removal of the ownership label', stoppedBy: objects, remove: (who, { tenant }) => relabel(who, tenant.namespace, { 'controller-uid': null }) },
  { what: 'removal of the Tenant label', stoppedBy: objects, remove: (who, { tenant }) => relabel(who, tenant.namespace, { 'k8s-mtp.dev/tenant': null }) },
  { what: 'deletion of the NetworkPolicy default-deny', stoppedBy: objects, remove: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'NetworkPolicy')) },
  { what: 'an ingress rule in the NetworkPolicy default-deny', stoppedBy: objects, remove: (who, { tenant }) => who.patch(managedRef(tenant, 'NetworkPolicy'), { spec: { ingress: [{}] } }, dryRun) },
  { what: 'a higher quota', stoppedBy: objects, remove: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { spec: { hard: { pods: '999' } } }, dryRun) },
  { what: 'deletion of the namespace', stoppedBy: 'k8s-mtp-tenant-namespaces', remove: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace)) }
]

const tenantPeople: Array<[string, (world: AdvisoryWorld) => KubeClient]> = [['the admin of the Tenant', ({ admin }) => admin], ['a ServiceAccount of the Tenant', ({ operator }) => operator]]

const removalAttempts: Attempt[] = removals.flatMap(({ what, stoppedBy, remove }) => [
  ...tenantPeople.map(([who, client]) => refused({ action: `${what}, as ${who}`, stoppedBy: 'RBAC', attack: world => remove(client(world), world), control: world => work(client(world), world) })),
  refused({ action: `${what}, as a user with all permissions on the namespace`, stoppedBy, attack: world => remove(world.holder, world), control: world => relabel(world.holder, world.tenant.namespace, { team: 'x' }) }),
  refused({ action: `${what}, as cluster administrator`, stoppedBy, attack: world => remove(client(), world), control: world => remove(breakGlass(), world) })
])

const psa = (label: string, value: string | null) => tenantPeople.map(([who, client]) => refused({
  action: `${label}: ${value}, as ${who}`,
  stoppedBy: 'RBAC',
  attack: world => relabel(client(world), world.tenant.namespace, { [label]: value }),
  control: world => work(client(world), world)
})).concat(refused({
  action: `${label}: ${value}, as a user with all permissions on the namespace`,
  stoppedBy: objects,
  attack: ({ holder, tenant }) => relabel(holder, tenant.namespace, { [label]: value }),
  control: ({ holder, elsewhere }) => relabel(holder, elsewhere, { [label]: value })
}))

const enforce = 'pod-security.kubernetes.io/enforce'

/** Keys that differ from reserved ones only in case. To Kubernetes they are different keys, and a prefix cannot have upper case. */
const otherCase: Attempt[] = [
  ...['K8S-mtp.dev/tenant', 'Pod-Security.kubernetes.io/enforce', 'POD-SECURITY.KUBERNETES.IO/ENFORCE'].map(label => refused({
    action: `the label ${label}`,
    stoppedBy: 'the schema',
    attack: ({ tenant }) => relabel(client(), tenant.namespace, { [label]: 'x' }),
    control: ({ tenant }) => relabel(client(), tenant.namespace, { [`x${label.toLowerCase()}`]: 'x' })
  })),
  ...['k8s-mtp.dev/Tenant', 'pod-security.kubernetes.io/Enforce'].map(label => refused({
    action: `the label ${label}`,
    stoppedBy: objects,
    attack: ({ tenant }) => relabel(client(), tenant.namespace, { [label]: 'privileged' }),
    control: ({ tenant }) => relabel(client(), tenant.namespace, { [`x${label}`]: 'privileged' })
  })),
  {
    action: 'adoption of a namespace by the label Controller-Uid',
    stoppedBy: 'no effect: it is a different label',
    async verify ({ tenant, namespace }) {
      const [bait, other] = [await namespace(), await namespace()]
      await client().patch(namespaceRef(other), { metadata: { labels: { 'Controller-Uid': tenant.uid, 'CONTROLLER-UID': tenant.uid } } })
      await breakGlass().patch(namespaceRef(bait), { metadata: { labels: { 'controller-uid': tenant.uid } } })
      await eventually(async () => expect((await client().get(namespaceRef(bait))).metadata).toHaveProperty('ownerReferences'))
      await sleep(500)
      expect((await client().get(namespaceRef(other))).metadata).not.toHaveProperty('ownerReferences')
    }
  }
]

export const isolationAdvisories: Advisory[] = [
  {
    id: 'CVE-2022-46167',
    vulnerability: 'a ServiceAccount that could patch its namespace removed the ownerReference, and with it pod security, network policies and quotas',
    mitigation: 'no role of a Tenant has permissions on the namespace, its quotas or policies; users who have them anyway, administrators included, may not remove isolation',
    attempts: [
      ...removalAttempts, ...casesOf('tenant-objects/metadata-owners', /removal of the ownerReference of a namespace/), ...casesOf('tenant-objects/metadata-labels', /^removal /),
      ...casesOf('tenant-objects/managed-update', /of a quota with its status/)
    ]
  },
  {
    id: 'GHSA-gjw4-3v3v-rqxg',
    vulnerability: 'the lookup of forbidden labels missed some because of their case',
    mitigation: 'keys are compared in full and by prefix, not looked up in a sorted list; a key in another case is refused or has no effect',
    attempts: otherCase
  },
  {
    id: 'CVE-2026-41052',
    vulnerability: 'the owner of a project changed the pod-security labels of its namespaces',
    mitigation: 'the TenantClass sets the pod security of a Tenant; no user sets, changes or removes these labels',
    attempts: [...psa(enforce, 'privileged'), ...psa('pod-security.kubernetes.io/enforce-version', 'v1.0'), ...psa('pod-security.kubernetes.io/warn', 'baseline'), ...casesOf('tenant-objects/metadata-pod-security')]
  }
]
