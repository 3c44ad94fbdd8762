import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KubeClient } from '../cluster/client.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { as, asExempt, breakGlass, client, eventually } from './context.ts'
import { guardedTenant, pod, service, type GuardedTenant } from './guarded-tenant.ts'
import { workloadRefusals } from './workload-refusals.ts'

let tenant: GuardedTenant
beforeAll(async () => { tenant = await guardedTenant() }, 60_000)
afterAll(async () => { await tenant.remove() })

const dryRun = { dryRun: true }
const denied = (message: string) => ({ code: 403, message: expect.stringContaining(message) as string })
const rows = workloadRefusals({ namespace: 'n', name: 't', className: 'c', priorityClass: 'p' }).map(({ it }) => it)

/** Returns a row of the table, which depends on the Tenant. */
function row (it: string) {
  const found = workloadRefusals(tenant).find(row => row.it === it)
  if (found === undefined) throw new Error(`no row ${it}`)
  return found
}

describe('creation', () => {
  test.each(rows)('refuses %s to all users', async it => {
    const { refused, accepted, says } = row(it)
    for (const [who, person] of tenant.people) {
      await expect(person.create(accepted, dryRun), who).resolves.toBeDefined()
      await expect(person.create(refused, dryRun), who).rejects.toMatchObject(denied(says))
      await expect(person.apply(refused, { ...dryRun, fieldManager: 'test' }), who).rejects.toMatchObject(denied(says))
    }
    await expect(breakGlass().create(refused, dryRun)).resolves.toBeDefined()
  })
})

interface Change { it: string, was: string, becomes: (object: KubeObject) => object, stays?: (object: KubeObject) => object, says: string }

const specOf = (object: KubeObject) => object['spec'] as Record<string, object[]>
const withImage = (image: string) => (object: KubeObject) => ({ spec: { ...specOf(object), containers: specOf(object)['containers']?.map(container => ({ ...container, image })) } })
const label = () => ({ metadata: { labels: { changed: 'yes' } } })

const changes: Change[] = [
  { it: 'the type of a Service to ExternalName', was: 'a Service of type ExternalName', becomes: () => ({ spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null } }), says: 'does not allow Service type ExternalName' },
  { it: 'the external IPs of a Service', was: 'an IPv4 external IP outside of the networks', becomes: () => ({ spec: { externalIPs: ['192.0.2.7', '198.51.100.1'] } }), says: 'does not allow the external IP 198.51.100.1' },
  { it: 'the selector of a Service to none', was: 'an IPv4 external IP outside of the networks', becomes: () => ({ spec: { selector: null } }), says: 'cannot be removed: it would keep routing to addresses of former pods. Delete the Service and create a new one' },
  { it: 'an address in Endpoints', was: 'Endpoints outside of the networks', becomes: () => ({ subsets: [{ addresses: [{ ip: '10.30.0.1' }], ports: [{ port: 80 }] }] }), says: 'does not allow the endpoint address 10.30.0.1' },
  { it: 'an address in an EndpointSlice', was: 'an EndpointSlice outside of the networks', becomes: () => ({ endpoints: [{ addresses: ['10.30.0.1'] }] }), says: 'does not allow the endpoint address 10.30.0.1' },
  { it: 'the class of an Ingress', was: 'an unlisted IngressClass', becomes: () => ({ spec: { ingressClassName: 'internal' } }), says: 'does not allow the IngressClass internal' },
  { it: 'the class of an Ingress by annotation', was: 'an unlisted IngressClass', becomes: () => ({ metadata: { annotations: { 'kubernetes.io/ingress.class': 'internal' } } }), says: 'does not allow the IngressClass internal' },
  { it: 'the class of an Ingress to none', was: 'an Ingress without an IngressClass', becomes: () => ({ spec: { ingressClassName: null } }), says: 'does not allow an Ingress without spec.ingressClassName' },
  { it: 'the image of a pod', was: 'an image from another registry', becomes: withImage('evil.example.com/app'), says: 'does not allow the image evil.example.com/app' }
]

/** Applies a merge patch; lists are replaced. */
function merged (object: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const base = typeof object === 'object' && object !== null ? object as Record<string, unknown> : {}
  const changed = Object.entries(patch).map(([key, value]) => [key, merged(base[key], value)] as const)
  return Object.fromEntries(Object.entries({ ...base, ...Object.fromEntries(changed) }).filter(([, value]) => value !== null))
}

describe('an update', () => {
  test.each(changes)('cannot change $it', async ({ was, becomes, says }) => {
    // Quota updates can conflict with each other.
    const created = await eventually(() => client().create(row(was).accepted))
    const ref = refOf(created)
    try {
      for (const [who, person] of tenant.people) {
        const live = await client().get(ref)
        await expect(person.patch(ref, label(), dryRun), who).resolves.toBeDefined()
        await expect(person.patch(ref, becomes(live), dryRun), `${who} by patch`).rejects.toMatchObject(denied(says))
        await expect(person.update(merged(live, becomes(live)) as KubeObject, dryRun), `${who} by update`).rejects.toMatchObject(denied(says))
      }
      await expect(breakGlass().patch(ref, becomes(await client().get(ref)), dryRun)).resolves.toBeDefined()
    } finally {
      await client().delete(ref, { gracePeriodSeconds: 0 })
    }
  })

  test('may keep values that are not allowed any more: only new ones are checked', async () => {
    const made = await breakGlass().create(service(tenant.namespace, { type: 'NodePort', externalIPs: ['198.51.100.1'] }, 'old'))
    for (const [who, person] of tenant.people) {
      await expect(person.patch(refOf(made), label(), dryRun), who).resolves.toBeDefined()
      await expect(person.patch(refOf(made), { spec: { externalIPs: ['198.51.100.1', '198.51.100.2'] } }, dryRun), who).rejects.toMatchObject(denied('the external IP 198.51.100.2'))
      await expect(person.patch(refOf(made), { spec: { type: 'ClusterIP' } }, dryRun), who).resolves.toBeDefined()
    }
    await client().delete(refOf(made))
  })
})

/** From before the guardrails, or by break-glass. */
describe('an object with more items than guardrails compare', () => {
  const addressesOf = ({ subsets }: KubeObject) => (subsets as Array<{ addresses?: object[] }>).flatMap(({ addresses = [] }) => addresses)
  const endpoints = ({ endpoints }: KubeObject) => endpoints as Array<{ addresses: string[] }>
  const ips = ({ spec }: KubeObject) => (spec as { externalIPs: string[] }).externalIPs
  test.each<{ it: string, few: (object: KubeObject) => object, unlisted: (object: KubeObject) => object, says: string }>([
    {
      it: 'a pod of 101 containers',
      few: label,
      unlisted: withImage('registry.example.com/team/app:2'),
      says: 'containers and image volumes in a pod: spec.workloads.pods.maxContainers is 100'
    },
    {
      it: 'a Service of 101 external IPs',
      few: object => ({ spec: { externalIPs: ips(object).slice(1) } }),
      unlisted: object => ({ spec: { externalIPs: [...ips(object).slice(2), '198.51.100.1'] } }),
      says: 'does not allow the external IP 198.51.100.1'
    },
    {
      it: 'Endpoints of 101 subsets',
      few: object => ({ subsets: [{ addresses: addressesOf(object).slice(1), ports: [{ port: 80 }] }] }),
      unlisted: object => ({ subsets: [{ addresses: [...addressesOf(object).slice(2), { ip: '10.30.0.1' }], ports: [{ port: 80 }] }] }),
      says: 'does not allow the endpoint address 10.30.0.1'
    },
    {
      it: 'an EndpointSlice of 101 addresses',
      few: object => ({ endpoints: endpoints(object).slice(1) }),
      unlisted: object => ({ endpoints: [...endpoints(object).slice(1), { addresses: ['10.30.0.1'] }] }),
      says: 'does not allow the endpoint address 10.30.0.1'
    }
  ])('$it keeps its items, or gets fewer listed ones, and ends', async ({ it, few, unlisted, says }) => {
    const { refused } = row(it)
    const finalizers = ['example.com/keep']
    const ref = refOf(await breakGlass().create({ ...refused, metadata: { ...refused.metadata, name: 'large', finalizers } }))
    for (const [who, person] of tenant.people) {
      const live = await client().get(ref)
      await expect(person.patch(ref, label(), dryRun), who).resolves.toBeDefined()
      await expect(person.patch(ref, few(live), dryRun), who).resolves.toBeDefined()
      await expect(person.patch(ref, unlisted(live), dryRun), who).rejects.toMatchObject(denied(says))
    }
    const [, [, admin = expect.unreachable()] = []] = tenant.people
    await admin.delete(ref, { gracePeriodSeconds: 0 })
    await admin.patch(ref, { metadata: { finalizers: null } })
    await eventually(async () => expect(await client().find(ref)).toBeUndefined())
  })
})

describe('the status of a pod', () => {
  let ref: ReturnType<typeof refOf>
  const node = () => client().as('system:node:n1', ['system:masters', 'system:nodes', 'system:authenticated'])
  const running = {
    phase: 'Running',
    message: 'started',
    startTime: '2026-11-22T12:00:00Z',
    podIP: '10.20.0.9',
    podIPs: [{ ip: '10.20.0.9' }],
    containerStatuses: [{
      name: 'app',
      image: 'app:1',
      imageID: 'id',
      ready: true,
      restartCount: 0,
      started: true,
      state: { running: {} },
      resources: { requests: { cpu: '25m' } }
    }]
  }
  beforeAll(async () => {
    ref = refOf(await client().create(pod(tenant.namespace, {}, {}, 'status')))
    await node().patch(ref, { status: running }, { subresource: 'status' })
  })

  const write = (person: KubeClient, status: object) => person.patch(ref, { status }, { ...dryRun, subresource: 'status' })
  const ready = [{ type: 'Ready', status: 'True' }, { type: 'example.com/gate', status: 'False' }]
  const [container] = running.containerStatuses
  const huge = { cpu: '96', memory: '400Gi' }

  test.each<[field: string, status: object]>([
    ['allocatedResources', { allocatedResources: huge }],
    ['resources', { resources: { requests: huge, limits: huge } }],
    ['containerStatuses', { containerStatuses: [{ ...container, allocatedResources: huge }] }],
    ['containerStatuses', { containerStatuses: [{ ...container, resources: { requests: huge } }] }],
    ['containerStatuses', { containerStatuses: [{ ...container, ready: false }] }],
    ['containerStatuses', { containerStatuses: null }],
    ['initContainerStatuses', { initContainerStatuses: [{ ...container, name: 'init', allocatedResources: huge }] }],
    ['ephemeralContainerStatuses', { ephemeralContainerStatuses: [{ ...container, name: 'debug', resources: { requests: huge } }] }],
    ['nominatedNodeName', { nominatedNodeName: 'n2' }],
    ['phase', { phase: 'Succeeded' }],
    ['phase', { phase: 'Failed' }],
    ['phase', { phase: 'Pending' }],
    ['podIP', { podIP: '10.30.0.1', podIPs: [{ ip: '10.30.0.1' }] }],
    // The class lists this network for Endpoints. A pod has one address.
    ['podIP', { podIP: '10.20.0.1', podIPs: [{ ip: '10.20.0.1' }] }],
    ['podIPs', { podIPs: [{ ip: '10.20.0.9' }, { ip: '2001:db8:9::1' }] }],
    ['podIP', { podIP: null, podIPs: null }],
    ['hostIP', { hostIP: '10.30.0.1', hostIPs: [{ ip: '10.30.0.1' }] }],
    ['message', { message: 'hello' }],
    ['message', { message: null }],
    ['reason', { reason: 'Evicted' }],
    ['startTime', { startTime: '2020-01-01T00:00:00Z' }],
    ['observedGeneration', { observedGeneration: 99 }]
  ])('has %s from its node and Kubernetes only: %j', async (field, status) => {
    const written = await write(node(), status)
    // An API server that does not know a field, as 1.35 those of pod-level resources, ignores it.
    if (Object.entries(status).some(([key, value]) => value !== null && !Object.hasOwn(written['status'] as object, key))) return
    const refused = denied('of pod status is set by its node or by Kubernetes. Change status.conditions only')
    for (const [who, person] of tenant.people) {
      await expect(write(person, { conditions: ready }), who).resolves.toBeDefined()
      await expect(write(person, status), who).rejects.toMatchObject(refused)
      await expect(write(person, { conditions: ready, ...status }), who).rejects.toThrow(`status.${field}`)
    }
    await expect(write(asExempt('system:serviceaccount:kube-system:default'), status)).rejects.toMatchObject(refused)
    await expect(write(node(), status)).resolves.toBeDefined()
    await expect(write(breakGlass(), status)).resolves.toBeDefined()
  })

  test('changes by no kind of request except in its conditions', async () => {
    const options = { ...dryRun, subresource: 'status' }
    const forged = { nominatedNodeName: 'n2' }
    for (const [who, person] of tenant.people) {
      const live = await client().get(ref)
      const status = live['status'] as object
      const apply = (fields: object) => person.patch(ref, { apiVersion: 'v1', kind: 'Pod', metadata: { name: ref.name, namespace: tenant.namespace }, status: fields }, { ...options, type: 'apply', fieldManager: 'test', force: true })
      const json = (field: string, value: unknown) => person.patch(ref, [{ op: 'add', path: `/status/${field}`, value }], { ...options, type: 'json' })
      const strategic = (fields: object) => person.patch(ref, { status: fields }, { ...options, type: 'strategic' })
      const put = (fields: object) => person.updateStatus({ ...live, status: fields } as KubeObject, dryRun)
      for (const [kind, allowed, refused] of [
        ['apply', () => apply({ conditions: ready }), () => apply(forged)],
        ['JSON patch', () => json('conditions', ready), () => json('nominatedNodeName', 'n2')],
        ['strategic merge', () => strategic({ conditions: ready }), () => strategic(forged)],
        ['update', () => put({ ...status, conditions: ready }), () => put({ ...status, ...forged })],
        ['update without the other fields', () => put(status), () => put({ conditions: ready })]
      ] as const) {
        await expect(allowed(), `${who} by ${kind}`).resolves.toBeDefined()
        await expect(refused(), `${who} by ${kind}`).rejects.toMatchObject(denied('is set by its node or by Kubernetes'))
      }
    }
  })

  test.each([
    'system:kube-scheduler', 'system:kube-controller-manager',
    ...['pod-garbage-collector', 'disruption-controller', 'device-taint-eviction-controller', 'resource-claim-controller']
      .map(name => `system:serviceaccount:kube-system:${name}`)
  ])('is written by %s', async user => {
    await expect(write(asExempt(user), { nominatedNodeName: 'n2', reason: 'Preempted', conditions: ready })).resolves.toBeDefined()
  })

  test('has reason and message, and nothing else, from the node controller', async () => {
    const nodeController = asExempt('system:serviceaccount:kube-system:node-controller')
    await expect(write(nodeController, { reason: 'NodeLost', message: 'the node is lost', conditions: ready })).resolves.toBeDefined()
    await expect(write(nodeController, { reason: 'NodeLost', nominatedNodeName: 'n2' })).rejects.toThrow('status.nominatedNodeName')
    await expect(write(nodeController, { reason: 'NodeLost', phase: 'Failed' })).rejects.toThrow('status.phase')
  })

  test.each(['Succeeded', 'Failed'])('has the phase %s from nodes and the pod garbage collector only', async phase => {
    const refused = denied('is set by its node: an ended pod does not count in quotas')
    await expect(write(asExempt('system:kube-scheduler'), { phase })).rejects.toMatchObject(refused)
    await expect(write(asExempt('system:serviceaccount:kube-system:pod-garbage-collector'), { phase })).resolves.toBeDefined()
  })

  test('lets network plugins annotate the pod', async () => {
    const plugin = asExempt('system:serviceaccount:kube-system:calico-node')
    await expect(plugin.patch(ref, { metadata: { annotations: { 'cni.projectcalico.org/podIP': '10.20.0.9/32' } } }, { ...dryRun, subresource: 'status' })).resolves.toBeDefined()
  })

  test.each<[string, number, number]>([
    ['few large fields', 40, 30_000],
    ['many small fields', 6_000, 1]
  ])('is compared within the cost limit with %s', async (_, count, size) => {
    const large = refOf(await client().create(pod(tenant.namespace, {}, {}, `large-${count}`)))
    const statuses = Array.from({ length: count }, (_, index) => ({ ...container, name: `c${index}`, state: { waiting: { reason: 'a', message: 'x'.repeat(size) } } }))
    await node().patch(large, { status: { containerStatuses: statuses } }, { subresource: 'status' })
    for (const [who, person] of tenant.people) {
      const change = (status: object) => person.patch(large, { status }, { ...dryRun, subresource: 'status' })
      await expect(change({ conditions: ready }), who).resolves.toBeDefined()
      await expect(change({ nominatedNodeName: 'n2' }), who).rejects.toMatchObject(denied('status.nominatedNodeName of pod'))
      await expect(change({ containerStatuses: [...statuses.slice(0, -1), container] }), who).rejects.toMatchObject(denied('status.containerStatuses of pod'))
    }
    await client().delete(large, { gracePeriodSeconds: 0 })
  })

  test('does not change by a resize beyond quota and limits', async () => {
    for (const [who, person] of tenant.people) {
      const resize = (cpu: string) => person.patch(ref, { spec: { containers: [{ name: 'app', resources: { requests: { cpu }, limits: { cpu } } }] } }, { ...dryRun, type: 'strategic', subresource: 'resize' })
      await expect(resize('60m'), who).resolves.toBeDefined()
      await expect(resize('96'), who).rejects.toMatchObject({ code: 403, message: expect.stringMatching(/exceeded quota|maximum cpu usage/) as string })
    }
  })

  test('refuses an ephemeral container with an image of an unlisted registry', async () => {
    const debug = (image: string) => ({ spec: { ephemeralContainers: [{ name: 'debug', image, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }] } })
    for (const [who, person] of tenant.people) {
      const add = (image: string) => person.patch(ref, debug(image), { ...dryRun, type: 'strategic', subresource: 'ephemeralcontainers' })
      await expect(add('busybox'), who).resolves.toBeDefined()
      await expect(add('evil.example.com/debug'), who).rejects.toMatchObject(denied('does not allow the image evil.example.com/debug'))
    }
  })
})

test.each(['endpoint-controller', 'endpointslice-controller', 'endpointslicemirroring-controller'])('the %s may write any endpoint address', async name => {
  const controller = asExempt(`system:serviceaccount:kube-system:${name}`)
  for (const it of ['Endpoints outside of the networks', 'an EndpointSlice outside of the networks']) await expect(controller.create(row(it).refused, dryRun)).resolves.toBeDefined()
  await expect(asExempt('system:serviceaccount:default:endpoint-controller').create(row('Endpoints outside of the networks').refused, dryRun)).rejects.toMatchObject(denied('10.30.0.1'))
})

test('a claim without a StorageClass can get only a listed one', async () => {
  const claim = row('a claim without a StorageClass').refused
  const ref = refOf(await breakGlass().create(claim))
  await eventually(async () => expect((await client().get(ref)).spec).not.toHaveProperty('storageClassName'))
  const binder = client().as('system:serviceaccount:kube-system:persistent-volume-binder', ['system:masters', 'system:authenticated'])
  for (const [who, person] of [...tenant.people, ['the volume controller', binder] as const]) {
    await expect(person.patch(ref, { spec: { storageClassName: 'standard' } }, dryRun), who).resolves.toBeDefined()
    await expect(person.patch(ref, { spec: { storageClassName: 'fast' } }, dryRun), who).rejects.toMatchObject(denied('does not allow the StorageClass fast'))
  }
})

test('an image volume is refused from an unlisted registry', async () => {
  const mounted = (reference: string) => pod(tenant.namespace, { volumes: [{ name: 'data', image: { reference } }] })
  for (const [who, person] of tenant.people) {
    await expect(person.create(mounted('registry.example.com/team/data:1'), dryRun), who).resolves.toBeDefined()
    await expect(person.create(mounted('evil.example.com/data'), dryRun), who).rejects.toMatchObject(denied('does not allow the image evil.example.com/data'))
  }
})

test('unmanaged namespaces are not affected', async () => {
  await expect(client().create(service('default', { type: 'NodePort' }), dryRun)).resolves.toBeDefined()
  await expect(as('nobody').create(service('default', {}), dryRun)).rejects.toMatchObject({ code: 403 })
})
