import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KubeClient } from '../cluster/client.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { eventually } from '../e2e/context.ts'
import { tenantRef } from '../e2e/tenants.ts'
import { createAuthority } from '../support/certificates.ts'
import { mount } from '../support/mounted.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { syncRequest } from '../support/requests.ts'
import { ask, type AskOptions } from '../support/ask.ts'
import { addViewer, snapshot, tenantsWithData, unready } from './tenants.ts'

/** The connection from engine to hook, with all authentication: a server certificate, a client certificate and a token. */
const authority = createAuthority('test authority')
const next = createAuthority('next authority')
const clients = createAuthority('clients')
const engineCertificate = clients.issue({ name: 'metacontroller', usage: 'clientAuth' })
const [token, nextToken] = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210']
const names = ['first', 'second', 'third']

/** The files that are mounted for the hook. */
function filesWith (from = authority, name = 'hook', tokens = token): Record<string, string> {
  const { cert, key } = from.issue({ name, usage: 'serverAuth', local: true })
  return { 'tls.crt': cert, 'tls.key': key, 'ca.crt': clients.cert, token: `${tokens}\n` }
}

const mounted = mount(filesWith())
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'k8s-mtp-hook', namespace: 'metacontroller' } }
const ref = secret.metadata
const controller = { apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController', name: 'k8s-mtp' }
let platform: Platform
let client: KubeClient
let began: number

beforeAll(async () => {
  const file = mounted.file
  platform = await startPlatform({
    log: line => console.log(line),
    hook: {
      settings: {
        K8S_MTP_TLS_CERT_FILE: file('tls.crt'),
        K8S_MTP_TLS_KEY_FILE: file('tls.key'),
        K8S_MTP_CLIENT_CA_FILE: file('ca.crt'),
        K8S_MTP_TOKEN_FILE: file('token')
      },
      ca: authority.cert + next.cert
    },
    route: async url => ({
      url,
      webhook: {
        caBundle: { secretRef: ref },
        clientTLS: { secretRef: ref },
        authorization: { secretRef: { ...ref, key: 'token' } }
      },
      objects: [
        {
          ...secret,
          stringData: {
            'ca.crt': authority.cert,
            'tls.crt': engineCertificate.cert,
            'tls.key': engineCertificate.key,
            token: `${token}\n`
          }
        }
      ]
    })
  })
  client = platform.client
  began = Date.now()
  await tenantsWithData(client, names)
})
afterAll(async () => {
  await platform?.stop()
  mounted.remove()
})

const to = async (path: string, options: Partial<AskOptions> = {}) =>
  await ask(Number(new URL(platform.hook.url).port), path, { ca: authority.cert, ...options })

/** The events of the engine about a Tenant. */
async function errorsOf (name: string): Promise<string> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Event' }, {
    fieldSelector: `involvedObject.kind=Tenant,involvedObject.name=${name},reason=SyncError`
  })
  return items.map(({ message }) => String(message)).join('\n')
}

async function expectReady (): Promise<void> {
  await eventually(async () => expect(await unready(client, names)).toEqual([]), { timeout: 60_000, interval: 200 })
}

/** Expects a change to have no effect, and the engine to report why. */
async function expectUnchanged (name: string, why: RegExp): Promise<void> {
  const before = await snapshot(client, names)
  await addViewer(client, name)
  await eventually(async () => expect(await errorsOf(name)).toMatch(why), { timeout: 60_000, interval: 200 })
  expect(await snapshot(client, names)).toEqual(before)
  expect(await unready(client, names)).toEqual([name])
}

test('only the hooks require authentication', async () => {
  const body = syncRequest({ tenant: tenant(), classes: [defaultClass()] })
  for (const [path, content] of [['/sync', body], ['/customize', { parent: body.parent }]] as const) {
    expect(await to(path, { body: content })).toMatchObject({ status: 401 })
    expect(await to(path, { body: content, token })).toMatchObject({ status: 401 })
    expect(await to(path, { body: content, ...engineCertificate })).toMatchObject({ status: 401 })
    expect(await to(path, { body: content, ...engineCertificate, token })).toMatchObject({ status: 200 })
  }
  for (const path of ['/healthz', '/readyz', '/metrics']) expect(await to(path)).toMatchObject({ status: 200 })
})

test('a renewed certificate is served without a restart, and the engine continues', async () => {
  const { pid } = platform.hook
  mounted.swap(filesWith(authority, 'renewed'))
  await eventually(async () => expect(await to('/healthz')).toMatchObject({ subject: 'renewed' }))
  await client.patch(tenantRef('first'), { spec: { operators: [{ kind: 'User', name: 'eve@acme.example' }] } })
  await expectReady()
  expect(platform.hook.pid).toBe(pid)
})

test('an engine with a revoked token is refused and changes nothing, until both tokens are valid', async () => {
  mounted.swap(filesWith(authority, 'renewed', nextToken))
  await eventually(async () => expect(await to('/sync', {
    ...engineCertificate,
    token,
    body: {}
  })).toMatchObject({ status: 401 }))
  await expectUnchanged('second', /401.*the bearer token is not in K8S_MTP_TOKEN_FILE/)
  mounted.swap(filesWith(authority, 'renewed', `${token}\n${nextToken}`))
  await expectReady()
})

test('an engine without the authority of the hook changes nothing, and reads a new one when its CompositeController changes', async () => {
  mounted.swap(filesWith(next))
  // The engine would keep using its open connections.
  await platform.hook.restart()
  await expectUnchanged('third', /certificate/)

  await client.patch({ apiVersion: 'v1', kind: 'Secret', ...ref }, { stringData: { 'ca.crt': next.cert } })
  await eventually(async () => expect((await client.get({
    apiVersion: 'v1',
    kind: 'Secret',
    ...ref
  })).data).toMatchObject({
    'ca.crt': Buffer.from(next.cert).toString('base64')
  }))
  expect(await unready(client, names)).toEqual(['third'])
  await client.patch(controller, { spec: { resyncPeriodSeconds: 601 } })
  await expectReady()
})

test('an engine that may only get its Secret syncs no Tenant until it may list and watch all Secrets', async () => {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'k8s-mtp-engine' }
  const { rules, ...engineRole } = await client.get(role) as KubeObject & { rules: Rule[] }
  await client.update({
    ...engineRole,
    rules: rules.map(rule => ({ ...rule, resources: rule.resources.filter(resource => resource !== 'secrets') }))
  })
  await grant('k8s-mtp-get-one-secret', {
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: [ref.name],
    verbs: ['get']
  })
  const engine = client.as(ENGINE_USER)
  await eventually(async () => {
    await expect(engine.get({ apiVersion: 'v1', kind: 'Secret', ...ref })).resolves.toBeDefined()
    await expect(engine.list({ apiVersion: 'v1', kind: 'Secret' })).rejects.toThrow('cannot list')
  })
  await platform.engine.restart()
  await addViewer(client, 'first')
  await eventually(() => expect(readFileSync(platform.engine.logFile, 'utf8'))
    .toContain('cannot list resource \\"secrets\\"'))
  await sleep(1_000)
  expect(await unready(client, names)).toEqual(['first'])
  await grant('k8s-mtp-list-secrets', { apiGroups: [''], resources: ['secrets'], verbs: ['list', 'watch'] })
  await expectReady()
})

interface Rule { apiGroups: string[], resources: string[], resourceNames?: string[], verbs: string[] }

/** Grants the engine a rule: its ClusterRole aggregates it by the label. */
async function grant (name: string, rule: Rule): Promise<void> {
  await client.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels: { 'k8s-mtp.dev/aggregate-to-metacontroller': 'true' } },
    rules: [rule]
  })
}

test('nothing has been deleted', () => {
  expect(platform.auditWrites(began)
    .filter(({ verb }) => verb.startsWith('delete'))
    .filter(({ resource, user }) => user.endsWith(':metacontroller') || resource === 'namespaces')).toEqual([])
})
