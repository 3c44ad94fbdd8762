import { beforeEach, describe, expect, test } from 'vitest'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { as, client, eventually } from './context.ts'
import { readyTenant, refIn, type TestTenant } from './tenants.ts'

const ada = 'ada@acme.example'
const podKind = { apiVersion: 'v1', kind: 'Pod' }

let tenant: TestTenant
/** The admin of the Tenant. */
let admin: KubeClient

beforeEach(async () => {
  tenant = await readyTenant({ admins: [{ kind: 'User', name: ada }] })
  admin = as(ada)
  await waitForWorkloads(tenant)
})

/** Waits until Kubernetes creates the ServiceAccount that pods need, and counts the usage of quotas. */
async function waitForWorkloads (tenant: TestTenant): Promise<void> {
  await eventually(async () => {
    await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: tenant.namespace })
    const { items } = await client().list({ apiVersion: 'v1', kind: 'ResourceQuota' }, { namespace: tenant.namespace })
    for (const quota of items) expect(quota.status).toHaveProperty('used')
  })
}

/** Exactly the fields that the Pod Security Standard `restricted` requires. */
const restricted = {
  podSpec: { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
  container: {
    name: 'app',
    image: 'registry.example/app:1',
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
  }
}

function pod (name: string, container: object = {}, podSpec: object = {}): KubeObject {
  return {
    ...podKind,
    metadata: { name, namespace: tenant.namespace },
    spec: { ...restricted.podSpec, ...podSpec, containers: [{ ...restricted.container, ...container }] }
  }
}

function service (name: string, spec: object): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: tenant.namespace },
    spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec }
  }
}

const pods = async () => (await client().list(podKind, { namespace: tenant.namespace })).items

describe('the admin of a Tenant', () => {
  test('can create a pod without requests and limits, which gets those of the class', async () => {
    const created = await admin.create(pod('bare'))
    expect(created).toHaveProperty('spec.containers[0].resources', {
      requests: { cpu: '25m', memory: '48Mi', 'ephemeral-storage': '128Mi' },
      limits: { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '2Gi' }
    })
  })

  test.each<[string, () => KubeObject, string]>([
    [
      'a privileged pod', () => pod('privileged', { securityContext: { privileged: true } }),
      'violates PodSecurity "restricted:latest": privileged'
    ],
    [
      'a pod in the host network', () => pod('host', {}, { hostNetwork: true }),
      'violates PodSecurity "restricted:latest": host namespaces'
    ],
    [
      'a pod with a hostPath volume', () => pod('path', {}, { volumes: [{ name: 'root', hostPath: { path: '/' } }] }),
      'restricted volume types'
    ],
    [
      'a pod that can run as root',
      () => pod('root', {}, { securityContext: { runAsNonRoot: false, seccompProfile: { type: 'RuntimeDefault' } } }),
      'runAsNonRoot != true'
    ],
    [
      'a pod that asks for root', () => pod('zero', {}, { securityContext: { runAsUser: 0 } }),
      'runAsUser=0'
    ],
    [
      'a container with more than half a CPU', () => pod('fast', { resources: { limits: { cpu: '1' } } }),
      'maximum cpu usage per Container is 500m, but limit is 1'
    ],
    [
      'a Service of type NodePort', () => service('node-port', { type: 'NodePort' }),
      'TenantClass default does not allow Service type NodePort: spec.workloads.services.types lists ClusterIP'
    ],
    [
      'a Service of type LoadBalancer', () => service('balancer', { type: 'LoadBalancer' }),
      'TenantClass default does not allow Service type LoadBalancer: spec.workloads.services.types lists ClusterIP'
    ],
    [
      'a Service of type LoadBalancer without node ports',
      () => service('balancer', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }),
      'TenantClass default does not allow Service type LoadBalancer: spec.workloads.services.types lists ClusterIP'
    ]
  ])('cannot create %s', async (_, object, message) => {
    await expect(admin.create(object())).rejects.toMatchObject({ code: 403, message: expect.stringContaining(message) })
  })

  test('can create a Service of type ClusterIP', async () => {
    expect(await admin.create(service('web', {}))).toHaveProperty('spec.type', 'ClusterIP')
  })

  test('can create 20 pods, and not a 21st', async () => {
    for (let number = 1; number <= 20; number++) await admin.create(pod(`pod-${number}`))
    await expect(admin.create(pod('pod-21'))).rejects.toMatchObject({
      code: 403,
      message: expect.stringMatching(/exceeded quota: tenant-quota, requested: .*pods=1, used: .*pods=20, limited: .*pods=20/)
    })
    expect(await pods()).toHaveLength(20)
  })

  test('cannot use more CPU than the quota of the namespace', async () => {
    const half = { resources: { requests: { cpu: '500m' }, limits: { cpu: '500m' } } }
    await admin.create(pod('first', half))
    await expect(admin.create(pod('second', half))).rejects.toMatchObject({
      code: 403,
      message: expect.stringContaining('exceeded quota: tenant-quota, requested: cpu=500m, used: cpu=500m, limited: cpu=500m')
    })
  })

  test('gets the pods of a Deployment that conforms to `restricted`, within quotas and limits', async () => {
    const labels = { app: 'web' }
    await admin.create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: tenant.namespace },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { ...restricted.podSpec, containers: [restricted.container] } }
      }
    })
    await eventually(async () => expect(await pods()).toHaveLength(3))
    await eventually(async () =>
      expect(
        (await admin.get(refIn(tenant, 'ResourceQuota', 'tenant-quota'))).status
      ).toMatchObject({ used: { cpu: '75m', memory: '144Mi', pods: '3', 'limits.cpu': '1500m', 'limits.memory': '3Gi' } }))
  })
})

test('an override that the class allows raises the CPU quota', async () => {
  const bigger = await readyTenant({ admins: [{ kind: 'User', name: ada }], quotas: { 'tenant-quota': { cpu: '1' } } })
  await waitForWorkloads(bigger)
  const half = { resources: { requests: { cpu: '500m' }, limits: { cpu: '500m' } } }
  for (const name of ['first', 'second']) {
    const { metadata, ...object } = pod(name, half)
    await admin.create({ ...object, metadata: { ...metadata, namespace: bigger.namespace } })
  }
  expect((await client().list(podKind, { namespace: bigger.namespace })).items).toHaveLength(2)
})
