import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { exceededBy, maxOf, readMix, shippedClasses, tableUnder, workloads, type Workload } from '../support/workloads.ts'
import { breakGlass, client, eventually } from './context.ts'
import { removeClaims, restricted } from './guarded-tenant.ts'
import { dryRun } from './guardrails/world.ts'
import { readyTenant, remove, removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

/** A Tenant of a shipped class, with ServiceAccount and quotas that admit pods. */
async function tenantOf (className: string): Promise<string> {
  const { namespace } = await readyTenant({ className })
  await waitForQuotas(namespace)
  return namespace
}

async function waitForQuotas (namespace: string): Promise<void> {
  await eventually(async () => {
    await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace })
    const { items } = await client().list({ apiVersion: 'v1', kind: 'ResourceQuota' }, { namespace })
    for (const { spec, status } of items as Array<KubeObject & { spec: { hard: object }, status?: { used?: object } }>) {
      expect(Object.keys(status?.used ?? {}).sort()).toEqual(Object.keys(spec.hard).sort())
    }
  })
}

type Resources = Array<{ requests?: object, limits?: object }>

function pod (namespace: string, name: string, resources: Resources): KubeObject {
  const containers = resources.map((each, index) => ({ ...restricted.container, name: `c${index}`, resources: each }))
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: { ...restricted.spec, containers } }
}

const podOf = ({ containers }: Workload, namespace: string, name: string) =>
  pod(namespace, name, containers.map(requests => ({ requests })))

/** Some at a time: many writes of one quota conflict. */
async function createAll (objects: KubeObject[]): Promise<void> {
  for (let start = 0; start < objects.length; start += 8) {
    await Promise.all(objects.slice(start, start + 8).map(object => client().create(object)))
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
const web = workloads.find(({ name }) => name === 'web pod')
const mixes = new Map(tableUnder('The shipped classes').map(line =>
  [/^\[(\w+)\]/.exec(line['class'] ?? '')?.[1], readMix(line['fits together, for example'] ?? '')]))

describe.each([...shippedClasses])('a Tenant of the class %s', (className, tenantClass) => {
  test('runs the workloads of docs/classes.md together', async () => {
    const namespace = await tenantOf(className)
    onTestFinished(() => removeClaims(namespace))
    const pods = (mixes.get(className) ?? []).flatMap(([workload, count], type) =>
      numbers(workload.pods * count).map(index => ({ workload, name: `w${type}-${index}` })))
    expect(pods).not.toEqual([])
    const claims = pods.flatMap(({ workload: { storage }, name }) => storage === undefined
      ? []
      : [{
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name, namespace },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } }
        }])
    await createAll([...pods.map(({ workload, name }) => podOf(workload, namespace, name)), ...claims])
    expect((await client().list({ apiVersion: 'v1', kind: 'Pod' }, { namespace })).items).toHaveLength(pods.length)
  })

  test('runs as many web pods as docs/classes.md says, and not one more', async () => {
    if (web === undefined) throw new Error('no workload is named web pod')
    const namespace = await tenantOf(className)
    const count = maxOf(web, tenantClass)
    await createAll(numbers(count).map(index => podOf(web, namespace, `web-${index}`)))
    // The API server names one of the quotas.
    const exceeded = exceededBy([[web, count + 1]], tenantClass).join('|')
    await expect(client().create(podOf(web, namespace, 'next')))
      .rejects.toMatchObject({ code: 403, message: expect.stringMatching(new RegExp(`exceeded quota: .*requested: .*(${exceeded})=`)) as string })
  })
})

describe('a Tenant of the class sandbox', () => {
  const name = uniqueName('sandbox')
  const namespace = `tenant-${name}-shop`

  beforeAll(async () => {
    await client().create(tenantManifest(name, { className: 'sandbox' }))
    await waitForReady({ name })
    await waitForQuotas(namespace)
  })
  afterAll(() => removeTenant(name))

  test('cannot escape its quotas with requests of 0', async () => {
    const idle = { requests: { cpu: '0', memory: '0', 'ephemeral-storage': '0' } }
    const full = await client().create(pod(namespace, 'idle', numbers(16).map(() => idle)))
    onTestFinished(() => remove(refOf(full)))
    // The API server names one of the quotas that are exceeded.
    await eventually(async () => expect(client().create(pod(namespace, 'next', [idle]), dryRun)).rejects.toMatchObject({
      code: 403, message: expect.stringContaining('limits.cpu=500m,limits.memory=512Mi, used: limits.cpu=8,limits.memory=8Gi') as string
    }))
  })

  test.each([
    'nvidia.com/gpu', 'nvidia.com/gpu.shared', 'amd.com/gpu', 'gpu.intel.com/i915', 'gpu.intel.com/xe', 'habana.ai/gaudi', 'google.com/tpu',
    'aws.amazon.com/neuron', 'aws.amazon.com/neuroncore', 'hugepages-64Ki', 'hugepages-2Mi', 'hugepages-32Mi', 'hugepages-1Gi'
  ])('gets no %s', async resource => {
    const amount = resource.startsWith('hugepages-') ? '1Gi' : '1'
    const few = { cpu: '1m', memory: '1Mi', [resource]: amount }
    // The quota still counts the pods of an earlier test.
    await eventually(async () => expect(client().create(pod(namespace, 'device', [{ requests: few, limits: few }]), dryRun))
      .rejects.toMatchObject({ code: 403, message: expect.stringContaining(`requests.${resource}=${amount}`) as string }))
  })

  test.each<[string, string, object]>([
    ['v1', 'ReplicationController', { replicas: 0, selector: { a: 'b' }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [restricted.container] } } }],
    ['resource.k8s.io/v1', 'ResourceClaim', { devices: {} }],
    ['resource.k8s.io/v1', 'ResourceClaimTemplate', { spec: { devices: {} } }]
  ])('gets no %s %s', async (apiVersion, kind, spec) => {
    await expect(breakGlass().create({ apiVersion, kind, metadata: { name: 'some', namespace }, spec }, dryRun))
      .rejects.toMatchObject({ code: 403, message: expect.stringContaining('exceeded quota: tenant-objects') as string })
  })
})
