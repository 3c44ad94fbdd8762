import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KubeClient } from '../cluster/client.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { guardedTenant, pod, service, type GuardedTenant } from './guarded-tenant.ts'
import { workloadRefusals } from './workload-refusals.ts'

let tenant: GuardedTenant
beforeAll(async () => { tenant = await guardedTenant() }, 60_000)
afterAll(async () => { await tenant.remove() })

const dryRun = { dryRun: true }
const denied = (message: string) => ({ code: 403, message: expect.stringContaining(message) as string })
const rows = workloadRefusals({ namespace: 'n', className: 'c', priorityClass: 'p' }).map(({ it }) => it)

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

describe('the status of a pod', () => {
  let ref: ReturnType<typeof refOf>
  beforeAll(async () => { ref = refOf(await client().create(pod(tenant.namespace, {}, {}, 'status'))) })

  const write = (person: KubeClient, status: object) => person.patch(ref, { status }, { ...dryRun, subresource: 'status' })

  test.each([
    ['podIP', { podIP: '10.30.0.1', podIPs: [{ ip: '10.30.0.1' }] }, { podIP: '10.20.0.1', podIPs: [{ ip: '10.20.0.1' }] }],
    ['a second podIP', { podIP: '10.20.0.1', podIPs: [{ ip: '10.20.0.1' }, { ip: '2001:db8:9::1' }] }, { podIP: '10.20.0.1', podIPs: [{ ip: '10.20.0.1' }, { ip: '2001:db8:1::1' }] }],
    ['hostIP', { hostIP: '10.30.0.1', hostIPs: [{ ip: '10.30.0.1' }] }, { hostIP: '10.20.0.1', hostIPs: [{ ip: '10.20.0.1' }] }]
  ])('accepts %s from users only in listed networks, and from nodes in any', async (_, refused, accepted) => {
    for (const [who, person] of tenant.people) {
      await expect(write(person, accepted), who).resolves.toBeDefined()
      await expect(write(person, { message: 'hello' }), who).resolves.toBeDefined()
      await expect(write(person, refused), who).rejects.toMatchObject(denied('in the status of a pod: spec.workloads.endpoints.addresses lists 10.20.0.0/16, 2001:db8:1::/64'))
    }
    await expect(write(client().as('system:node:n1', ['system:masters', 'system:nodes', 'system:authenticated']), refused)).resolves.toBeDefined()
  })

  test.each(['Succeeded', 'Failed'])('accepts the phase %s from nodes and the pod garbage collector only', async phase => {
    for (const [who, person] of tenant.people) {
      await expect(write(person, { phase: 'Running' }), who).resolves.toBeDefined()
      await expect(write(person, { phase }), who).rejects.toMatchObject(denied('is set by its node: an ended pod does not count in quotas'))
    }
    for (const [user, groups] of [['system:node:n1', ['system:nodes']], ['system:serviceaccount:kube-system:pod-garbage-collector', []]] as const) {
      await expect(write(client().as(user, ['system:masters', ...groups, 'system:authenticated']), { phase }), user).resolves.toBeDefined()
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
  const controller = client().as(`system:serviceaccount:kube-system:${name}`, ['system:masters', 'system:authenticated'])
  for (const it of ['Endpoints outside of the networks', 'an EndpointSlice outside of the networks']) await expect(controller.create(row(it).refused, dryRun)).resolves.toBeDefined()
  await expect(client().as('system:serviceaccount:default:endpoint-controller', ['system:masters']).create(row('Endpoints outside of the networks').refused, dryRun)).rejects.toMatchObject(denied('10.30.0.1'))
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
