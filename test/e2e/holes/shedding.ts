import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { KubeClient } from '../../cluster/client.ts'
import { breakGlass, client, eventually } from '../context.ts'
import { dryRun, managedRef, namespaceRef, tryDelete } from '../guardrails/world.ts'
import { casesOf, refused, type Attempt, type Hole } from './hole.ts'
import { configMap, type HoleWorld } from './world.ts'

const marks = 'k8s-mtp-reserved-metadata'
const objects = 'k8s-mtp-managed-objects'

const relabel = (who: KubeClient, namespace: string, labels: object) => who.patch(namespaceRef(namespace), { metadata: { labels } }, dryRun)
const work = (who: KubeClient, { tenant }: HoleWorld) => who.create(configMap(tenant), dryRun)

/** What takes isolation off a tenant, and what stops it by whoever has the right to write namespaces, quotas and policies. */
const sheds: Array<{ what: string, by: string, shed: (who: KubeClient, world: HoleWorld) => Promise<unknown> }> = [
  { what: 'taking the ownerReference off', by: marks, shed: (who, { tenant }) => who.patch(namespaceRef(tenant.namespace), { metadata: { ownerReferences: null } }, dryRun) },
  { what: 'taking the ownership label off', by: marks, shed: (who, { tenant }) => relabel(who, tenant.namespace, { 'controller-uid': null }) },
  { what: 'taking the label of the tenant off', by: marks, shed: (who, { tenant }) => relabel(who, tenant.namespace, { 'k8s-mtp.dev/tenant': null }) },
  { what: 'deleting the policy that denies all traffic', by: objects, shed: (who, { tenant }) => tryDelete(who, managedRef(tenant, 'NetworkPolicy')) },
  { what: 'opening that policy', by: objects, shed: (who, { tenant }) => who.patch(managedRef(tenant, 'NetworkPolicy'), { spec: { ingress: [{}] } }, dryRun) },
  { what: 'raising the quota', by: objects, shed: (who, { tenant }) => who.patch(managedRef(tenant, 'ResourceQuota'), { spec: { hard: { pods: '999' } } }, dryRun) },
  { what: 'deleting the namespace', by: 'k8s-mtp-tenant-namespaces', shed: (who, { tenant }) => tryDelete(who, namespaceRef(tenant.namespace)) }
]

const tenantPeople: Array<[string, (world: HoleWorld) => KubeClient]> = [['the admin of the tenant', ({ admin }) => admin], ['a ServiceAccount of the tenant', ({ operator }) => operator]]

const shedding: Attempt[] = sheds.flatMap(({ what, by, shed }) => [
  ...tenantPeople.map(([who, client]) => refused({ tries: `${what}, as ${who}`, by: 'RBAC', attack: world => shed(client(world), world), control: world => work(client(world), world) })),
  refused({ tries: `${what}, as somebody with all rights on the namespace`, by, attack: world => shed(world.holder, world), control: world => relabel(world.holder, world.tenant.namespace, { team: 'x' }) }),
  refused({ tries: `${what}, as administrator of the cluster`, by, attack: world => shed(client(), world), control: world => shed(breakGlass(), world) })
])

const psa = (label: string, value: string | null) => tenantPeople.map(([who, client]) => refused({
  tries: `${label}: ${value}, as ${who}`,
  by: 'RBAC',
  attack: world => relabel(client(world), world.tenant.namespace, { [label]: value }),
  control: world => work(client(world), world)
})).concat(refused({
  tries: `${label}: ${value}, as somebody with all rights on the namespace`,
  by: marks,
  attack: ({ holder, tenant }) => relabel(holder, tenant.namespace, { [label]: value }),
  control: ({ holder, elsewhere }) => relabel(holder, elsewhere, { [label]: value })
}))

const enforce = 'pod-security.kubernetes.io/enforce'

/** Keys that differ from guarded ones in case alone. Kubernetes tells them apart, and takes no upper case in a prefix. */
const otherCase: Attempt[] = [
  ...['K8S-mtp.dev/tenant', 'Pod-Security.kubernetes.io/enforce', 'POD-SECURITY.KUBERNETES.IO/ENFORCE'].map(label => refused({
    tries: `the label ${label}`,
    by: 'the schema',
    attack: ({ tenant }) => relabel(client(), tenant.namespace, { [label]: 'x' }),
    control: ({ tenant }) => relabel(client(), tenant.namespace, { [`x${label.toLowerCase()}`]: 'x' })
  })),
  ...['k8s-mtp.dev/Tenant', 'pod-security.kubernetes.io/Enforce'].map(label => refused({
    tries: `the label ${label}`,
    by: marks,
    attack: ({ tenant }) => relabel(client(), tenant.namespace, { [label]: 'privileged' }),
    control: ({ tenant }) => relabel(client(), tenant.namespace, { [`x${label}`]: 'privileged' })
  })),
  {
    tries: 'the label Controller-Uid, to have a namespace adopted',
    by: 'no effect: it is another label',
    async prove ({ tenant, namespace }) {
      const [bait, other] = [await namespace(), await namespace()]
      await client().patch(namespaceRef(other), { metadata: { labels: { 'Controller-Uid': tenant.uid, 'CONTROLLER-UID': tenant.uid } } })
      await breakGlass().patch(namespaceRef(bait), { metadata: { labels: { 'controller-uid': tenant.uid } } })
      await eventually(async () => expect((await client().get(namespaceRef(bait))).metadata).toHaveProperty('ownerReferences'))
      await sleep(500)
      expect((await client().get(namespaceRef(other))).metadata).not.toHaveProperty('ownerReferences')
    }
  }
]

export const sheddingHoles: Hole[] = [
  {
    id: 'CVE-2022-46167',
    was: 'a ServiceAccount that could patch its namespace took the ownerReference off, and with it pod security, network policies and quotas',
    here: 'no role of a tenant gives a right on the namespace, its quotas or policies; whoever has it all the same, administrators included, may not take off what isolates',
    attempts: [...shedding, ...casesOf('reserved-metadata/owners', /taking the ownerReference off/), ...casesOf('reserved-metadata/labels', /^taking /)]
  },
  {
    id: 'GHSA-gjw4-3v3v-rqxg',
    was: 'forbidden labels were looked up so that some were not found, by their case',
    here: 'keys are compared whole and by prefix, never sought in a sorted list; a key of another case is refused or has no effect',
    attempts: otherCase
  },
  {
    id: 'CVE-2026-41052',
    was: 'the owner of a project changed the pod-security labels of its namespaces',
    here: 'pod security of a tenant is its class\'s; nobody else sets, changes or removes a label of it',
    attempts: [...psa(enforce, 'privileged'), ...psa('pod-security.kubernetes.io/enforce-version', 'v1.0'), ...psa('pod-security.kubernetes.io/warn', 'privileged'), ...casesOf('reserved-metadata/pod-security')]
  }
]
