import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { allowed, type Question } from '../e2e/access-review.ts'
import { eventually } from '../e2e/context.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import {
  impostorResponses,
  mallory,
  takesOverItsTenant,
  type ImpostorResponse,
  type Place
} from './impostor-responses.ts'
import { namespaceOf, tenantsWithData, unready } from './tenants.ts'

let platform: Platform
let proxy: FaultProxy
let client: KubeClient
// tenant-acme-eu-shop could also be the namespace eu-shop of a Tenant acme.
const [tenant, otherTenant] = ['acme-eu', 'globex']
const place: Place = { tenant, uid: '', namespace: namespaceOf(tenant), otherTenant, otherNamespace: namespaceOf(otherTenant) }
const namespaces = [place.namespace, place.otherNamespace]

beforeAll(async () => {
  platform = await startPlatform({
    log: line => console.log(line),
    route: async hookUrl => {
      proxy = await startFaultProxy(hookUrl)
      return { url: proxy.url }
    }
  })
  client = platform.client
  await tenantsWithData(client, [tenant, otherTenant])
  place.uid = (await client.get({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name: tenant })).metadata.uid ?? ''
})
afterAll(async () => {
  await platform?.stop()
  await proxy?.close()
})

/** Lets the impostor respond for a tenant during a check, and restores the hook. */
async function during (attack: ImpostorResponse, check: () => Promise<void>): Promise<void> {
  proxy.inject('/sync', tenant, async (response, callHook) => {
    const honest = JSON.parse(await callHook()) as { children: KubeObject[] } // the response of the hook
    const children = attack.children(honest.children, place)
    response.writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(children === null ? null : { ...honest, children }))
  })
  try {
    await nudge()
    await eventually(async () => expect(proxy.hits('/sync', tenant)).toBeGreaterThan(0))
    await check()
  } finally {
    proxy.restore('/sync', tenant)
    await nudge()
    await eventually(async () => expect(await unready(client, [tenant, otherTenant]))
      .toEqual([]), { timeout: 60_000, interval: 250 })
  }
}

let nudges = 0
async function nudge (): Promise<unknown> {
  return client.patch({
    apiVersion: 'k8s-mtp.dev/v1',
    kind: 'Tenant',
    name: tenant
  }, { metadata: { annotations: { nudge: String(nudges++) } } })
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
    podSecurity: all.map(({ metadata }) => `${metadata.name} ${metadata.labels?.['pod-security.kubernetes.io/enforce']}`),
    system: all.find(({ metadata }) => metadata.name === 'kube-system')?.metadata.labels,
    permissions: await Promise.all([
      undefined,
      'kube-system',
      'default',
      place.otherNamespace
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

describe('an impostor in the place of the hook', () => {
  test('can make itself admin of the tenant of the request: its responses are applied', async () => {
    const before = await beyondTenants()
    await during(takesOverItsTenant, async () => {
      await eventually(async () => expect((await permissions(place.namespace))[0])
        .toMatchObject({ secrets: ['list'], pods: ['create'] }))
      expect(await beyondTenants()).toEqual(before)
    })
    await eventually(async () => expect(await permissions(place.namespace)).toEqual([{}, {}]))
  })

  test.each(impostorResponses)('fails when it $tries', async attack => {
    const before = await beyondTenants()
    await during(attack, async () => {
      await sleep(500)
      expect(await beyondTenants()).toEqual(before)
      expect(await permissions(place.namespace)).toEqual([{}, {}])
    })
    expect(await beyondTenants()).toEqual(before)
  })
})
