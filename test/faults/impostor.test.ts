import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KubeClient } from '../cluster/client.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { allowed, type Question } from '../e2e/access-review.ts'
import { eventually } from '../e2e/context.ts'
import { declaredPart } from '../e2e/tenants.ts'
import { halfInQuickRuns } from '../support/cases-of-run.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import {
  choosesClassAndMembers, deletesItsObjects, responsesForAlike, responsesForFurther, responsesForTenant, takesOverFurther
} from './impostor-further-responses.ts'
import { mallory, rbac, shorter, type Further, type ImpostorResponse, type Place } from './impostor-objects.ts'
import { impostorResponses, takesOverItsTenant } from './impostor-responses.ts'
import { configMap, createTenant, namespaceOf, objectsIn, readyReasonOf, tenantsWithData, unready } from './tenants.ts'

let platform: Platform
let proxy: FaultProxy
let client: KubeClient
// tenant-acme-eu-shop could also be the namespace eu-shop of a Tenant acme.
const [tenant, otherTenant] = ['acme-eu', 'globex']
const further = (name: string, entry: string): Further => ({ name: `${name}.${entry}`, uid: '', namespace: `tenant-${name}-${entry}` })
const place: Place = {
  tenant,
  uid: '',
  namespace: namespaceOf(tenant),
  dev: further(tenant, 'dev'),
  prod: further(tenant, 'prod'),
  otherTenant,
  otherNamespace: namespaceOf(otherTenant),
  otherDev: further(otherTenant, 'dev'),
  alike: further(shorter, 'eu-dev')
}
const { dev, prod, otherDev, alike } = place
const namespaces = [place.namespace, place.otherNamespace, dev.namespace, prod.namespace, otherDev.namespace]

const api = { apiVersion: 'k8s-mtp.dev/v1' }
const refs = Object.fromEntries([
  [tenant, { ...api, kind: 'Tenant', name: tenant }],
  ...[dev, prod, otherDev, alike].map(({ name }) => [name, { ...api, kind: 'TenantNamespace', name }] as const)
]) as Record<string, ObjectRef>
const refTo = (parent: string): ObjectRef => refs[parent] ?? expect.fail(`unknown parent ${parent}`)

beforeAll(async () => {
  platform = await startPlatform({
    log: line => console.log(line),
    route: async hookUrl => {
      proxy = await startFaultProxy(hookUrl)
      return { url: proxy.url }
    }
  })
  client = platform.client
  await tenantsWithData(client, [tenant, otherTenant], { namespaces: [{ name: 'dev' }, { name: 'prod' }] })
  await Promise.all([dev, prod, otherDev].map(({ namespace }) => client.create(configMap(namespace, 'data'))))
  await createTenant(client, shorter, { name: 'hq', namespaces: [{ name: 'eu-dev' }] })
  await eventually(async () => {
    expect(readyReasonOf(await client.get(refTo(alike.name)))).toBe('NamespaceConflict')
    await client.get({ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', namespace: `tenant-${shorter}-hq`, name: 'tenant-viewer' })
  })
  place.uid = await uidOf(tenant)
  for (const each of [dev, prod, otherDev, alike]) each.uid = await uidOf(each.name)
})
afterAll(async () => {
  await platform?.stop()
  await proxy?.close()
})

async function uidOf (parent: string): Promise<string> {
  return (await client.get(refTo(parent))).metadata.uid ?? ''
}

/** Lets the impostor respond for a Tenant or TenantNamespace during a check, and restores the hook. */
async function during (parent: string, attack: ImpostorResponse, check: () => Promise<void>): Promise<void> {
  const before = await ownObjects()
  proxy.inject('/sync', parent, async (response, callHook) => {
    const honest = JSON.parse(await callHook()) as { children: KubeObject[] } // the response of the hook
    const children = attack.children(honest.children, place)
    response.writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(children === null ? null : { ...honest, children }))
  })
  try {
    await nudge(parent)
    await eventually(async () => expect(proxy.hits('/sync', parent)).toBeGreaterThan(0))
    await check()
  } finally {
    proxy.restore('/sync', parent)
    await nudge(parent)
    await eventually(async () => {
      expect(await notReady()).toEqual([])
      expect(await ownObjects()).toEqual(before)
    }, { timeout: 60_000, interval: 250 })
  }
}

/** Those that the impostor can delete, and that the hook restores. */
async function ownObjects (): Promise<string[]> {
  const objects = await Promise.all([place.namespace, dev.namespace].map(name => objectsIn(client, name)))
  return objects.flat().map(({ kind, metadata }) => `${metadata.namespace ?? ''} ${kind} ${metadata.name}`)
}

async function notReady (): Promise<string[]> {
  const objects = await Promise.all([dev, prod, otherDev].map(({ name }) => client.get(refTo(name))))
  return [
    ...await unready(client, [tenant, otherTenant]),
    ...objects.filter(object => readyReasonOf(object) !== 'UpToDate').map(({ metadata }) => metadata.name)
  ]
}

let nudges = 0
/** As break-glass: others change no TenantNamespace. */
async function nudge (parent: string): Promise<unknown> {
  const breakGlass = client.as('break-glass', ['system:masters', 'k8s-mtp:break-glass', 'system:authenticated'])
  return breakGlass.patch(refTo(parent), { metadata: { annotations: { nudge: String(nudges++) } } })
}

const questions: Question[] = [
  ['', 'secrets', 'list'], ['', 'pods', 'create'], ['', 'namespaces', 'patch'], ['', 'nodes', 'get'], [
    'rbac.authorization.k8s.io',
    'rolebindings',
    'create'
  ], ['rbac.authorization.k8s.io', 'roles', 'escalate']
].map(([group = '', resource = '', verb = '']) => ({ group, resource, verb }))

const users = [
  { user: mallory.name, groups: ['system:authenticated'] },
  { user: 'unrelated', groups: ['system:authenticated'] }
]

async function permissions (inNamespace?: string): Promise<object[]> {
  return Promise.all(users.map(async who => allowed(client, questions, who, inNamespace)))
}

/** The state that no response of a hook may change. */
async function beyondTenants () {
  const list = async (apiVersion: string, kind: string) => (await client.list({ apiVersion, kind })).items
  const bindings = await list('rbac.authorization.k8s.io/v1', 'RoleBinding')
  const all = await list('v1', 'Namespace')
  return {
    clusterBindings: (await list('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'))
      .map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`),
    bindings: bindings.filter(({ metadata }) => !namespaces.includes(metadata.namespace ?? ''))
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name} ${metadata.resourceVersion}`),
    namespaces: all.map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.deletionTimestamp ?? 'exists'}`),
    owners: all.map(({ metadata: { name, labels = {}, ownerReferences = [], finalizers } }) => ({
      name,
      labels: ['controller-uid', 'k8s-mtp.dev/tenant', 'k8s-mtp.dev/deletion-policy'].map(key => labels[key] ?? 'none'),
      owners: ownerReferences.map(({ name, uid }) => `${name} ${uid}`),
      finalizers
    })),
    further: (await client.list({ ...api, kind: 'TenantNamespace' })).items.map(({ metadata, spec }) => ({
      ...declaredPart({ apiVersion: '', kind: '', metadata: { name: metadata.name, labels: metadata.labels ?? {} }, spec }),
      identity: [metadata.uid, metadata.deletionTimestamp ?? 'exists', metadata.labels?.['controller-uid']],
      owners: metadata.ownerReferences,
      finalizers: metadata.finalizers
    })),
    podSecurity: all.map(({ metadata }) => `${metadata.name} ${metadata.labels?.['pod-security.kubernetes.io/enforce']}`),
    system: all.find(({ metadata }) => metadata.name === 'kube-system')?.metadata.labels,
    permissions: await Promise.all([
      undefined,
      'kube-system',
      'default',
      place.otherNamespace,
      otherDev.namespace
    ].map(async name => permissions(name))),
    data: await Promise.all(namespaces.map(async namespace => (await client.get({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace,
      name: 'data'
    })).metadata.uid)),
    isolation: await Promise.all(namespaces.map(async namespace => (await client.get({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      namespace,
      name: 'default-deny'
    })).metadata.uid))
  }
}

/** The objects in a namespace, each with its uid. */
async function contentOf (namespace: string): Promise<object[]> {
  return (await objectsIn(client, namespace)).map(object => ({ uid: object.metadata.uid, ...declaredPart(object) }))
}

/** The objects that no response for a Tenant or TenantNamespace may change, beside its own. */
async function contentBeside (parent: string): Promise<object> {
  const own: Record<string, string[]> = { [tenant]: [place.namespace], [dev.name]: [dev.namespace] }
  const others = namespaces.filter(name => !(own[parent] ?? []).includes(name))
  return Object.fromEntries(await Promise.all(others.map(async name => [name, await contentOf(name)] as const)))
}

async function stateBeside (parent: string): Promise<object> {
  return { ...await beyondTenants(), content: await contentBeside(parent) }
}

function refusedWrites (since: number): string[] {
  return platform.auditWrites(since).filter(({ user, code }) => user === ENGINE_USER && code >= 400)
    .map(({ verb, resource, name, code }) => `${verb} ${resource} ${name ?? ''}: ${code}`)
}

/** Expects that the API server refuses what the engine tries, and that nothing beside the Tenant or TenantNamespace changes. */
async function expectNoEffect (parent: string, attack: ImpostorResponse): Promise<void> {
  const before = await stateBeside(parent)
  const since = Date.now()
  await during(parent, attack, async () => {
    if (attack.writesNothing !== true) await eventually(async () => expect(refusedWrites(since)).not.toEqual([]))
    await sleep(300)
    expect(await stateBeside(parent)).toEqual(before)
    for (const namespace of namespaces) expect(await permissions(namespace), namespace).toEqual([{}, {}])
  })
  expect(await stateBeside(parent)).toEqual(before)
}

const isAdmin = { secrets: ['list'], pods: ['create'] }

describe('an impostor in the place of the hook', () => {
  test('can make itself admin of the tenant of the request: its responses are applied', async () => {
    const before = await stateBeside(tenant)
    await during(tenant, takesOverItsTenant, async () => {
      await eventually(async () => expect((await permissions(place.namespace))[0]).toMatchObject(isAdmin))
      expect(await stateBeside(tenant)).toEqual(before)
    })
    await eventually(async () => expect(await permissions(place.namespace)).toEqual([{}, {}]))
  })

  test('can make itself admin of the further namespace of the request', async () => {
    const before = await stateBeside(dev.name)
    await during(dev.name, takesOverFurther, async () => {
      await eventually(async () => expect((await permissions(dev.namespace))[0]).toMatchObject(isAdmin))
      expect(await stateBeside(dev.name)).toEqual(before)
    })
    await eventually(async () => expect(await permissions(dev.namespace)).toEqual([{}, {}]))
  })

  test('can choose class and members of the further namespaces of the Tenant of the request', async () => {
    const { further: _, ...before } = await beyondTenants()
    await during(tenant, choosesClassAndMembers, async () => {
      await eventually(async () => expect((await permissions(dev.namespace))[0]).toMatchObject(isAdmin))
      const { further: __, ...meanwhile } = await beyondTenants()
      expect(meanwhile).toEqual(before)
      for (const namespace of [prod.namespace, otherDev.namespace]) expect(await permissions(namespace)).toEqual([{}, {}])
    })
    await eventually(async () => expect(await permissions(dev.namespace)).toEqual([{}, {}]))
  })

  test('can delete objects of the further namespace of the request, and neither it nor its isolation', async () => {
    const before = await stateBeside(dev.name)
    await during(dev.name, deletesItsObjects, async () => {
      await eventually(async () => expect(await client.list({ apiVersion: 'v1', kind: 'ResourceQuota' }, { namespace: dev.namespace }))
        .toHaveProperty('items', []))
      expect(await stateBeside(dev.name)).toEqual(before)
    })
  })

  test.each(halfInQuickRuns(impostorResponses))('fails when it $tries', async attack => expectNoEffect(tenant, attack))

  test.each(halfInQuickRuns(responsesForTenant))('for a Tenant with further namespaces, fails when it $tries', async attack => expectNoEffect(tenant, attack))

  test.each(halfInQuickRuns(responsesForFurther))('for a TenantNamespace, fails when it $tries', async attack => expectNoEffect(dev.name, attack))

  test.each(halfInQuickRuns(responsesForAlike))('for a TenantNamespace of a name that reads alike, fails when it $tries', async attack =>
    expectNoEffect(alike.name, attack))
})
