import { afterAll, beforeAll, expect, test } from 'vitest'
import { k8sMtp } from './cli.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { breakGlass, client, eventually } from './context.ts'
import { guardedTenant, pod, service, type GuardedTenant } from './guarded-tenant.ts'
import { templateOf } from './templates.ts'
import { workloadRefusals } from './workload-refusals.ts'

const admin = ['--as', 'ops', '--as-group', 'system:masters', '--as-group', 'system:authenticated']
let tenant: GuardedTenant
beforeAll(async () => { tenant = await guardedTenant({ selfService: { permissions: false, networkPolicies: { ruleWithoutPeers: 'Refuse' } } }) }, 60_000)
afterAll(async () => { await tenant.remove() })

const recheck = async (...args: string[]) => await k8sMtp(['recheck', tenant.name, ...args], admin)

/** A class that is tightened leaves the workloads of yesterday. */
test('lists what the class no longer allows, by workload and reason, and nothing else', async () => {
  const { namespace } = tenant
  const kinds = ['Pod', 'Service', 'Ingress', 'HTTPRoute', 'Gateway', 'PersistentVolumeClaim', 'PodDisruptionBudget', 'ResourceClaim', 'Endpoints', 'Secret', 'ServiceAccount']
  // The accepted twins of all refusals, as far as the quotas have room for one of each kind.
  const accepted = kinds.map(kind => workloadRefusals(tenant).find(({ accepted }) => accepted.kind === kind)?.accepted ?? expect.unreachable())
  for (const [index, object] of accepted.entries()) await client().create({ ...object, metadata: { ...object.metadata, name: `was-${index}` } })
  const deployment = templateOf(pod(namespace, { tolerations: [{ key: 'any-effect', operator: 'Exists' }] }, {}, 'app'), 'Deployment')
  await client().create({ ...deployment, spec: { ...deployment['spec'] as object, replicas: 3 } })
  await client().create(service(namespace, { type: 'LoadBalancer' }, 'balancer'))
  const traffic = (name: string, ingress: object): KubeObject =>
    ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec: { podSelector: {}, ingress: [ingress] } })
  const monitoring = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }
  await client().create(traffic('from-monitoring', { from: [monitoring] }))
  await client().create(traffic('from-here', { from: [{ podSelector: {} }] }))
  await eventually(async () => expect((await client().list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector: 'app=app' })).items).toHaveLength(3))
  // Bound to a node and a volume by others than their authors.
  const { items: [scheduled = expect.unreachable()] } = await client().list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector: 'app=app' })
  await client().request('POST', `/api/v1/namespaces/${namespace}/pods/${scheduled.metadata.name}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: scheduled.metadata.name }, target: { kind: 'Node', name: 'n1' } })

  expect(await recheck()).toMatchObject({ code: 0, stdout: 'nothing in 1 namespace would be refused\n' })

  await client().patch({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass', name: tenant.className }, {
    spec: {
      network: { policies: null },
      selfService: { networkPolicies: { ruleWithoutPeers: 'Narrow' } },
      workloads: { pods: { tolerations: [] }, services: { types: ['ClusterIP'] }, hostNames: [], storageClasses: ['fast'] }
    }
  })
  await breakGlass().create(traffic('from-all', {}))
  await eventually(async () => {
    await expect(client().create(service(namespace, { type: 'LoadBalancer' }, 'other'), { dryRun: true })).rejects.toThrow('does not allow')
  })
  const { code, stdout, stderr } = await recheck()
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: \d+ objects would be refused now. They stay as they are: change or delete them, or allow them in the TenantClass.\n$/) as string })
  const lines = stdout.trim().split('\n').map(line => line.split(/ {2,}/))
  const says = (object: RegExp, message: string) => expect(lines).toContainEqual([namespace, expect.stringMatching(object), expect.stringContaining(message)])
  says(/^Pod\/app-\S+ and 2 more$/, 'does not allow the toleration any-effect')
  says(/^Service\/balancer$/, 'does not allow Service type LoadBalancer')
  says(/^Ingress\/was-2$/, 'does not allow the host name')
  says(/^HTTPRoute\/was-3$/, 'does not allow the host name')
  says(/^NetworkPolicy\/from-monitoring$/, 'does not allow such peers outside of the Tenant: spec.network lists none')
  says(/^NetworkPolicy\/from-all$/, 'all networks are allowed without spec.ingress[0].from. Set [{podSelector: {}}] there')
  says(/^PersistentVolumeClaim\/was-5$/, 'does not allow the StorageClass standard')
  expect(lines.map(([, object = '']) => object.split('/')[0]).sort()).toEqual(['Gateway', 'HTTPRoute', 'Ingress', 'NetworkPolicy', 'NetworkPolicy', 'PersistentVolumeClaim', 'Pod', 'Service', 'Service'].sort())
  expect(JSON.parse((await recheck('-o', 'json')).stdout)).toContainEqual({ namespace, objects: [expect.stringMatching(/^Pod/), expect.any(String), expect.any(String)], message: expect.stringContaining('any-effect') as string })
})

test('names a Tenant without a namespace, and an identity without the permissions', async () => {
  expect(await k8sMtp(['recheck', 'nobody'], admin)).toMatchObject({ code: 2, stderr: 'error: Tenant nobody has no namespace. Check its name and status.\n' })
  const { code, stderr } = await k8sMtp(['recheck', tenant.name], ['--as', 'viewer'])
  expect(code).toBe(2)
  expect(stderr).toContain('This command needs get, list and create on the kinds that classes bound')
})
