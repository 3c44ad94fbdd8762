import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isNotFound } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { as, client, eventually, useClient } from '../e2e/context.ts'
import { guardrailCases } from '../e2e/guardrails/cases.ts'
import { messageOf } from '../e2e/guardrails/refusal.ts'
import { people } from '../e2e/guardrails/world.ts'
import { advisories } from '../e2e/advisories/advisories.ts'
import { createAdvisoryWorld, type AdvisoryWorld } from '../e2e/advisories/world.ts'
import { changeTenant, refIn, remove } from '../e2e/tenants.ts'

/** Hook and engine are stopped: the API server enforces the rest without them. */
let platform: Platform
let world: AdvisoryWorld
/** Operator of the tenant, with the permissions of the role only. */
let operator: KubeClient

beforeAll(async () => {
  platform = await startPlatform({ log: line => console.log(line) })
  useClient(platform.client);
  ({ world } = await createAdvisoryWorld())
  operator = as('dev@acme.example')
  const { namespace } = world.tenant
  await changeTenant(world.tenant, {
    operators: [{ kind: 'User', name: 'dev@acme.example' }, { kind: 'ServiceAccount', name: 'runner', namespace }],
    quotas: { 'tenant-quota': { pods: '4' } }
  })
  await eventually(async () => {
    await operator.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace })
    const { spec, status } = await client().get(refIn(world.tenant, 'ResourceQuota', 'tenant-quota'))
    expect(spec).toHaveProperty('hard.pods', '4')
    expect(status).toHaveProperty('hard.pods', '4')
    await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace })
  })
  await platform.engine.stop()
  await platform.hook.stop()
})
afterAll(async () => platform?.stop())

test('hook and engine are stopped', async () => {
  expect([platform.engine.pid, platform.hook.pid]).toEqual([undefined, undefined])
  await expect(fetch(platform.hook.url)).rejects.toThrow()
})

const restricted = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'app',
      image: 'registry.example/app:1',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
    }
  ]
}
const pod = (name: string, spec: object = restricted): KubeObject =>
  ({ ...refIn(world.tenant, 'Pod', name), metadata: { name, namespace: world.tenant.namespace }, spec })
const deployment = (): KubeObject => ({
  ...refIn(world.tenant, 'Deployment', 'web'),
  metadata: { name: 'web', namespace: world.tenant.namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: restricted }
  }
})
const podsOf = async () => (await client()
  .list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: world.tenant.namespace })).items
  .filter(({ metadata }) => metadata.deletionTimestamp === undefined)

describe('members of a tenant continue to work', () => {
  test.each<[kind: string, make: () => KubeObject, change: object]>([
    ['Pod', () => pod('one'), { metadata: { labels: { changed: 'yes' } } }],
    [
      'ConfigMap',
      () => ({
        ...refIn(world.tenant, 'ConfigMap', 'settings'),
        metadata: { name: 'settings', namespace: world.tenant.namespace },
        data: { a: '1' }
      }),
      { data: { a: '2' } }
    ],
    [
      'Service',
      () => ({
        ...refIn(world.tenant, 'Service', 'web'),
        metadata: { name: 'web', namespace: world.tenant.namespace },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] }
      }),
      { spec: { selector: { app: 'other' } } }
    ],
    ['Deployment', deployment, { spec: { replicas: 1 } }]
  ])('they create, change and delete a %s', async (kind, make, change) => {
    const object = make()
    const ref = refIn(world.tenant, kind, object.metadata.name)
    await operator.create(object)
    if (kind === 'Deployment') await eventually(async () => expect(await podsOf()).toHaveLength(2))
    expect(await operator.patch(ref, change)).toMatchObject(change)
    if (kind === 'Deployment') await eventually(async () => expect(await podsOf()).toHaveLength(1))
    await operator.delete(ref, { propagationPolicy: 'Background', gracePeriodSeconds: 0 })
    await eventually(async () => expect(await operator.get(ref).catch(isNotFound)).toBe(true))
    await eventually(async () => expect(await podsOf()).toHaveLength(0))
  })

  test('within their pod security', async () => {
    await operator.create(pod('secure'), { dryRun: true })
    await expect(operator.create(pod('privileged', {
      containers: [{ name: 'app', image: 'registry.example/app:1', securityContext: { privileged: true } }]
    }))).rejects.toThrow('violates PodSecurity "restricted:latest"')
  })

  test('within their quota', async () => {
    // The quota may still count pods that were deleted.
    for (const name of ['a', 'b', 'c', 'd']) await eventually(() => operator.create(pod(name)))
    await expect(operator.create(pod('e'))).rejects
      .toThrow('exceeded quota: tenant-quota, requested: pods=1, used: pods=4, limited: pods=4')
    for (const name of ['a', 'b', 'c', 'd']) await remove(refIn(world.tenant, 'Pod', name))
  })
})

/** One case for each rule: the others differ in the form of the request only, which the API server handles. */
const oneOfEachRule = [...new Map([...guardrailCases].reverse().map(each => [each.rule, each])).values()]

describe('the guardrails refuse', () => {
  test.concurrent.each(oneOfEachRule)('$refuses ($rule)', async ({ rule, who, attempt, message, allowedWho = who, control }) => {
    await control(people[allowedWho](), world)
    expect(await messageOf(rule.split('/')[0] ?? '', people[who](), async who => attempt(who, world))).toMatch(message)
  })

  test.concurrent.each(advisories.filter(({ id }) => [
    'CVE-2020-8554',
    'CVE-2021-25740',
    'CVE-2022-46167',
    'CVE-2024-39690'
  ].includes(id)))('the attacks of $id', async ({ attempts }) => {
    for (const { verify } of attempts) await verify(world)
  })
})
