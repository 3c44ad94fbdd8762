import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { credentialId } from '../../src/guardrails/cel.ts'
import { createKubeClient, type KubeClient } from '../cluster/client.ts'
import { engineAccount } from '../cluster/credentials.ts'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { requestToken } from '../cluster/token.ts'
import type { Headers } from '../cluster/transport.ts'
import { auditWrites, breakGlass, client, eventually, platform } from './context.ts'
import { inNamespace, workloads } from './guardrails/exempt.ts'
import { refusalOf } from './guardrails/refusal.ts'
import { dryRun, editorBinding, namespaceRef, rbac, tokenSecret, tryDelete } from './guardrails/world.ts'
import { refIn, remove, tenantManifest, tenantRef, uniqueName, waitForReady } from './tenants.ts'

const collector = { namespace: 'kube-system', name: 'generic-garbage-collector' }
const userOf = ({ namespace, name }: { namespace: string, name: string }): string => `system:serviceaccount:${namespace}:${name}`

const tenant = { name: uniqueName(), namespace: '' }
tenant.namespace = `tenant-${tenant.name}-shop`
const binding = (): ObjectRef => refIn(tenant, 'RoleBinding', 'tenant-admin')

/** By a guardrail. Several may refuse a request, and the order in which they do differs. */
const refused = { code: 403, message: expect.stringContaining("ValidatingAdmissionPolicy 'k8s-mtp-") as string }

/** For each exempt ServiceAccount, requests that guardrails allow to its own process. */
const exempt = [
  {
    account: collector,
    attacks: [
      (who: KubeClient) => tryDelete(who, namespaceRef(tenant.namespace)),
      (who: KubeClient) => tryDelete(who, binding()),
      (who: KubeClient) => who.patch(binding(), { metadata: { ownerReferences: null } }, dryRun)
    ]
  },
  {
    account: engineAccount,
    attacks: [
      (who: KubeClient) => who.patch(binding(), { subjects: [mallory] }, dryRun),
      (who: KubeClient) => tryDelete(who, refIn(tenant, 'ResourceQuota', 'tenant-quota')),
      (who: KubeClient) => who.patch(namespaceRef(tenant.namespace), { metadata: { annotations: { 'k8s-mtp.dev/x': 'y' } } }, dryRun)
    ]
  }
].map(each => ({ ...each, user: userOf(each.account) }))
const mallory = { apiGroup: rbac, kind: 'User', name: 'mallory' }
const engine = exempt[1] as typeof exempt[number] // the literal above

const toRemove: Array<() => Promise<void>> = []
const created = async (object: KubeObject): Promise<ObjectRef> => {
  const ref = refOf(await client().create(object))
  toRemove.unshift(async () => remove(ref))
  return ref
}

/** A client with a token instead of impersonation. */
function withToken (token: string): KubeClient {
  const { server, caFile } = platform()
  const own = createKubeClient({ server, ca: readFileSync(caFile, 'utf8'), authentication: { token } })
  toRemove.unshift(async () => own.close())
  return own
}

/** Creates a ServiceAccount and returns a client with a token of it. */
async function accountWith (bind: (subject: { kind: string, name: string, namespace: string }) => KubeObject[]): Promise<KubeClient> {
  const name = uniqueName('attacker')
  await created({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: home } })
  for (const object of bind({ kind: 'ServiceAccount', name, namespace: home })) await created(object)
  return withToken(await requestToken(client(), home, name))
}

const home = uniqueName('attackers')
let editor: KubeClient
beforeAll(async () => {
  await created({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } })
  await client().create(tenantManifest(tenant.name, { admins: [{ kind: 'User', name: 'ada@acme.example' }] }))
  toRemove.push(async () => remove(tenantRef(tenant.name)))
  editor = await accountWith(subject => [editorBinding(uniqueName('editor'), subject)])
  await waitForReady(tenant)
  await eventually(async () => editor.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'default' } }, dryRun))
})
afterAll(async () => { for (const undo of toRemove) await undo() })

/** An account that may impersonate ServiceAccounts, and more. */
async function impersonator (...rules: object[]): Promise<KubeClient> {
  const metadata = { name: uniqueName('impersonator') }
  const who = await accountWith(subject => [
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata, rules: [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] }, ...rules] },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: metadata.name }, subjects: [subject] }
  ])
  await eventually(async () => who.as(userOf(collector)).list({ apiVersion: 'v1', kind: 'Node' }))
  return who
}
const mayImpersonate = (apiGroup: string, ...resources: string[]): object => ({ apiGroups: [apiGroup], resources, verbs: ['impersonate'] })

describe.each(exempt)('as $user, guardrails refuse the requests that they exempt', ({ user, account, attacks }) => {
  const allRefused = async (who: KubeClient): Promise<void> => {
    for (const attack of attacks) await expect(attack(who)).rejects.toMatchObject(refused)
  }

  test('to an editor of all namespaces who impersonates it', async () => {
    await allRefused(editor.as(user))
  })

  test('to a cluster administrator who impersonates it', async () => {
    await allRefused(client().as(user, ['system:masters']))
  })

  test('to an impersonator with its groups and another extra', async () => {
    const who = await impersonator(mayImpersonate('', 'groups'), mayImpersonate('authentication.k8s.io', 'userextras/scopes'))
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
    await allRefused(who.as(user, groups))
    await allRefused(who.as(user, groups, { scopes: 'all' }))
    await expect(who.as(user, groups, { [credentialId]: 'JTI=x' }).get(binding())).rejects.toHaveProperty('code', 403)
    await expect(editor.as(user, groups).get(binding())).rejects.toHaveProperty('code', 403)
  })

  test('to an impersonator with its uid', async () => {
    const who = await impersonator(mayImpersonate('authentication.k8s.io', 'uids'))
    const { metadata: { uid = '' } } = await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', ...account })
    const path = `/apis/${rbac}/v1/namespaces/${tenant.namespace}/rolebindings/tenant-admin`
    const headers: Headers = { 'impersonate-user': user, 'impersonate-uid': uid, 'content-type': 'application/merge-patch+json' }
    await expect(who.request('PATCH', `${path}?dryRun=All`, { metadata: { ownerReferences: null } }, headers)).rejects.toMatchObject(refused)
  })

  test('to an impersonator by constrained impersonation', async ({ skip }) => {
    skip(platform().versions.kubernetes.startsWith('v1.35.'), 'an alpha feature before 1.36')
    const who = await impersonator(
      { apiGroups: ['authentication.k8s.io'], resources: ['serviceaccounts'], verbs: ['impersonate:serviceaccount'] },
      { apiGroups: ['*'], resources: ['*'], verbs: ['delete', 'patch', 'get'].map(verb => `impersonate-on:serviceaccount:${verb}`) }
    )
    await allRefused(who.as(user))
  })

  test('with a token of a Secret', async () => {
    const secret = refOf(await breakGlass().create(tokenSecret(account.namespace, uniqueName('token'), account.name)))
    toRemove.unshift(async () => remove(secret))
    const token = await eventually(async () => {
      const { data } = await client().get(secret) as KubeObject & { data?: { token?: string } }
      if (data?.token === undefined) throw new Error('the Secret has no token yet')
      return Buffer.from(data.token, 'base64').toString()
    })
    await allRefused(withToken(token))
  })

  test('but allow them with its own credential, and to one who may impersonate that extra, which the audit log shows', async () => {
    const who = await impersonator(mayImpersonate('authentication.k8s.io', `userextras/${credentialId}`))
    const since = Date.now()
    const token = await requestToken(client(), account.namespace, account.name)
    for (const own of [who.as(user, [], { [credentialId]: 'JTI=forged' }), withToken(token)]) {
      for (const attack of attacks) await expect(attack(own)).resolves.toBeDefined()
    }
    const forged = (await auditWrites(since)).filter(({ impersonated, impersonatedExtra = [] }) => impersonated === user && impersonatedExtra.includes(credentialId))
    expect(forged.length).toBeGreaterThanOrEqual(attacks.length)
  })
})

describe('a token of a pod', () => {
  const podOf = async (account: { namespace: string, name: string }): Promise<string> => {
    const pod = inNamespace(workloads.Pod(account.name), account.namespace)
    const { metadata: { name, uid = '' } } = await client().create({ ...pod, metadata: { ...pod.metadata, name: uniqueName('pod') } })
    toRemove.unshift(async () => { await breakGlass().delete({ apiVersion: 'v1', kind: 'Pod', namespace: account.namespace, name }, { gracePeriodSeconds: 0 }) })
    return requestToken(client(), account.namespace, account.name, { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid } })
  }

  test('does not make it a controller of Kubernetes', async () => {
    const pod = withToken(await podOf(collector))
    expect(await refusalOf('tenant-namespaces', async () => tryDelete(pod, namespaceRef(tenant.namespace)))).toMatch(/deleted only with it/)
  })

  test('makes it Metacontroller', async () => {
    const pod = withToken(await podOf(engineAccount))
    for (const attack of engine.attacks) await expect(attack(pod)).resolves.toBeDefined()
  })
})

describe('a Deployment of Metacontroller', () => {
  const name = uniqueName('metacontroller')
  const ref: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: engineAccount.namespace, name }
  let pod: ObjectRef
  beforeAll(async () => {
    const deployment = inNamespace(workloads.Deployment(engineAccount.name), engineAccount.namespace)
    await created({ ...deployment, metadata: { ...deployment.metadata, name } })
    pod = await eventually(async () => {
      const { items } = await client().list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: engineAccount.namespace, labelSelector: 'app=x' })
      const found = items.find(({ metadata }) => metadata.name.startsWith(name))
      if (found === undefined) throw new Error('there is no pod yet')
      return refOf(found)
    })
  })

  test('gets its pods from the controllers of Kubernetes', async () => {
    expect((await client().get(pod)).spec).toMatchObject({ serviceAccountName: engineAccount.name })
  })

  test.each<[string, () => ObjectRef, object]>([
    ['its image', () => ref, { spec: { template: { spec: { containers: [{ name: 'app', image: 'evil' }] } } } }],
    ['its ServiceAccount, back and forth', () => ref, { spec: { template: { spec: { automountServiceAccountToken: true } } } }],
    ['the image of its pod', () => pod, { spec: { containers: [{ name: 'app', image: 'evil' }] } }]
  ])('an editor of all namespaces cannot change %s', async (_, target, patch) => {
    const change = async (who: KubeClient) => who.patch(target(), patch, { ...dryRun, type: 'strategic' })
    expect(await refusalOf('exempt-workloads', async () => change(editor))).toMatch(/would run as Metacontroller/)
    await expect(change(client())).resolves.toBeDefined()
  })

  test('an editor of all namespaces can label and scale it', async () => {
    await editor.patch(ref, { metadata: { labels: { team: 'a' } } }, dryRun)
    await editor.patch(ref, { spec: { replicas: 2 } }, dryRun)
    await editor.patch(pod, { metadata: { labels: { team: 'a' } } }, dryRun)
  })
})

test('a token Secret of another ServiceAccount cannot change to an exempt one', async () => {
  const secret = await created(tokenSecret('kube-system', uniqueName('token')))
  const change = async (who: KubeClient) =>
    who.patch(secret, { metadata: { annotations: { 'kubernetes.io/service-account.name': collector.name } } }, dryRun)
  expect(await refusalOf('exempt-tokens', async () => change(editor))).toMatch(/Secrets may not have its tokens/)
  await editor.patch(secret, { metadata: { labels: { team: 'a' } } }, dryRun)
})

test('nodes and the controller manager request tokens of exempt ServiceAccounts', async () => {
  const request = async (user: string, groups: string[], { namespace, name }: typeof collector) => {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token?dryRun=All`
    return client().as(user, groups).request('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} })
  }
  await expect(request('system:kube-controller-manager', [], collector)).resolves.toBeDefined()
  await expect(request('system:node:n1', ['system:nodes', 'system:masters'], engineAccount)).resolves.toBeDefined()
})
