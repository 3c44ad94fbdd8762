import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { TenantClass } from '../../src/api/tenant-class.ts'
import type { KubeClient } from '../cluster/client.ts'
import { fillsInDefaults } from '../cluster/install.ts'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { addFragment, fragmentUnder } from '../support/fragments.ts'
import { standardClass } from '../support/objects.ts'
import { classManifest, classRef } from './classes.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { pod, service } from './guarded-tenant.ts'
import { remove, removeTenant, tenantManifest, tenantRef, uniqueName, waitForReady, waitForReason } from './tenants.ts'

/** The headings of docs/classes.md with the fragments. */
const fragments = { endpoints: 'Services without selectors', virtual: 'Virtual kubelets', rancher: 'Finalizers of Rancher' }
type Fragment = keyof typeof fragments
const run = uniqueName('frag')
const nameOf = (fragment: Fragment | 'standard') => `${run}-${fragment}`
const namespaceOf = (fragment: Fragment | 'standard') => `tenant-${nameOf(fragment)}-shop`
const namespaceRef = (fragment: Fragment | 'standard'): ObjectRef => ({ apiVersion: 'v1', kind: 'Namespace', name: namespaceOf(fragment) })
const admin = as(`admin@${run}.example`)
const dryRun = { dryRun: true }
const denied = (message: string) => ({ code: 403, message: expect.stringContaining(message) as string })
const isFilledIn = await fillsInDefaults(client())

async function create (name: string, spec: TenantClass['spec']): Promise<void> {
  await breakGlass().create(classManifest(name, spec))
  await client().create(tenantManifest(name, { className: name, admins: [{ kind: 'User', name: `admin@${run}.example` }] }))
  await waitForReady({ name })
}

const all = ['standard', ...Object.keys(fragments) as Fragment[]] as const
beforeAll(async () => {
  await Promise.all(all.map(async name => create(nameOf(name), standardClass(spec => { if (name !== 'standard') addFragment(spec, fragments[name]) }).spec)))
  await eventually(async () => {
    for (const name of all) {
      await admin.create(service(namespaceOf(name), {}), dryRun)
      await expect(admin.create(service(namespaceOf(name), { type: 'NodePort' }), dryRun)).rejects.toThrow('does not allow Service type NodePort')
      await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: namespaceOf(name) })
    }
  })
}, 120_000)
afterAll(async () => {
  for (const name of all) {
    await removeTenant(nameOf(name))
    await remove(classRef(nameOf(name)))
  }
})

test('the rules for debugging and operations are those of the class standard, of admins and operators', () => {
  const { admin, operator, viewer } = standardClass().spec.roles
  const rules = fragmentUnder('Debugging and operations') as object[]
  for (const role of [admin, operator]) expect(role.rules).toEqual(expect.arrayContaining(rules))
  expect(JSON.stringify(viewer)).not.toMatch(/attach|ephemeral|resize|eviction/)
})

test.each(Object.values(fragments))('the fragment under %s is not in the README, which links to it', heading => {
  const anchor = heading.toLowerCase().replaceAll(' ', '-')
  expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(`(docs/classes.md#${anchor})`)
})

describe('a Service without a selector', () => {
  const database = (fragment: 'standard' | 'endpoints') => service(namespaceOf(fragment), { selector: null }, 'database')
  const addresses = (fragment: 'standard' | 'endpoints', ip: string): KubeObject =>
    ({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'database', namespace: namespaceOf(fragment) }, subsets: [{ addresses: [{ ip }], ports: [{ port: 80 }] }] })

  test('is refused in the class standard, and so are its addresses', async () => {
    await expect(admin.create(database('standard'), dryRun)).rejects.toMatchObject(denied('does not allow a Service without spec.selector: spec.workloads.endpoints.addresses lists none'))
    await expect(admin.create(addresses('standard', '192.0.2.7'), dryRun)).rejects.toMatchObject(denied('does not allow the endpoint address 192.0.2.7'))
  })

  test('routes to the networks of the fragment only', async () => {
    for (const object of [database('endpoints'), addresses('endpoints', '192.0.2.7')]) {
      const ref = refOf(await admin.create(object))
      onTestFinished(async () => { await remove(ref) })
    }
    for (const ip of ['192.0.3.7', '10.0.0.1']) await expect(admin.update(addresses('endpoints', ip), dryRun)).rejects.toMatchObject(denied(`the endpoint address ${ip}`))
  })
})

describe('a virtual node', () => {
  const toleration = { key: 'virtual-kubelet.io/provider', operator: 'Exists' }
  const virtual = (fragment: 'standard' | 'virtual', spec: object = { tolerations: [toleration], nodeSelector: { type: 'virtual-kubelet' } }) => pod(namespaceOf(fragment), spec, {}, 'virtual')

  test('is not tolerated in the class standard', async () => {
    await expect(admin.create(virtual('standard'), dryRun)).rejects.toMatchObject(denied('does not allow the toleration virtual-kubelet.io/provider: spec.workloads.pods.tolerations lists none'))
  })

  test('is tolerated with the fragment, and no other', async () => {
    expect(await admin.create(virtual('virtual'), dryRun)).toMatchObject({ spec: { tolerations: expect.arrayContaining([toleration]) as object, nodeSelector: { type: 'virtual-kubelet' } } })
    await expect(admin.create(virtual('virtual', { tolerations: [{ operator: 'Exists' }], nodeSelector: { type: 'virtual-kubelet' } }), dryRun)).rejects.toMatchObject(denied('the toleration of all taints'))
    await expect(admin.create(virtual('virtual', { tolerations: [toleration], nodeSelector: { type: 'other' } }), dryRun)).rejects.toMatchObject(denied('requires nodeSelector type: virtual-kubelet'))
  })

  test.runIf(isFilledIn)('is tolerated by pods that do not say so', async () => {
    expect(await admin.create(virtual('virtual', {}), dryRun)).toMatchObject({ spec: { tolerations: expect.arrayContaining([toleration]) as object, nodeSelector: { type: 'virtual-kubelet' } } })
  })

  test('is served by a virtual kubelet that authenticates as a node, not by one with a ServiceAccount', async () => {
    const ref = refOf(await breakGlass().create(virtual('virtual', { nodeName: 'virtual', nodeSelector: { type: 'virtual-kubelet' } })))
    onTestFinished(async () => { await breakGlass().delete(ref, { gracePeriodSeconds: 0 }) })
    const status = { phase: 'Running', podIP: '10.20.0.9', podIPs: [{ ip: '10.20.0.9' }], startTime: '2026-11-22T12:00:00Z' }
    const write = async (who: KubeClient, fields: object = status) => who.patch(ref, { status: fields }, { ...dryRun, subresource: 'status' })
    const account = as('system:serviceaccount:kube-system:virtual-kubelet', ['system:masters', 'system:serviceaccounts'])
    for (const [field, value] of Object.entries(status)) {
      await expect(write(account, { [field]: value })).rejects.toMatchObject(denied('is set by its node or by Kubernetes. Change status.conditions only; a virtual kubelet has to authenticate as a node, in the group system:nodes'))
    }
    await expect(write(account, { conditions: [{ type: 'Ready', status: 'True' }] })).resolves.toBeDefined()
    await expect(write(as('system:node:virtual', ['system:nodes', 'system:masters']))).resolves.toMatchObject({ status })
  })
})

describe('Rancher', () => {
  const rancher = as('system:serviceaccount:cattle-system:rancher', ['system:masters', 'system:serviceaccounts'])
  const finalizer = 'controller.cattle.io/namespace-auth'
  const annotations = { 'field.cattle.io/projectId': 'c-x:p-y', 'lifecycle.cattle.io/create.namespace-auth': 'true', 'field.cattle.io/no-default-sa-token': 'true' }
  const labels = { 'field.cattle.io/projectId': 'p-y' }
  /** One update, of the object as it was read. */
  const update = async (fragment: Fragment | 'standard', metadata: object, options: object = dryRun) => {
    const object = await rancher.get(namespaceRef(fragment))
    return rancher.update({ ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels }, annotations: { ...object.metadata.annotations, ...annotations }, ...metadata } }, options)
  }
  const refused = (name: string, listed: string, refusal = `the finalizer ${name}`) => denied(
    `TenantClass ${nameOf(listed === 'none' ? 'standard' : 'rancher')} does not allow to add ${refusal} to a Tenant's namespace: spec.namespaceMetadata.finalizers lists ${listed}. ` +
    'Add finalizers to objects in the namespace, or change the TenantClass')

  test('adds labels and annotations, and no finalizer, in the class standard', async () => {
    await expect(update('standard', {})).resolves.toBeDefined()
    await expect(update('standard', { finalizers: [finalizer] })).rejects.toMatchObject(refused(finalizer, 'none'))
  })

  test('adds the finalizer of the fragment, and no other, in any way', async () => {
    const ref = namespaceRef('rancher')
    expect((await client().get(ref)).metadata.annotations).toHaveProperty(['k8s-mtp.dev/allowed-finalizers'], finalizer)
    const object = async (finalizers: string[]) => { const found = await client().get(ref); return { ...found, metadata: { ...found.metadata, finalizers } } }
    const ways: Record<string, (finalizers: string[]) => Promise<unknown>> = {
      'an update': async finalizers => update('rancher', { finalizers }),
      'a merge patch': async finalizers => rancher.patch(ref, { metadata: { finalizers } }, dryRun),
      'a strategic merge patch': async finalizers => rancher.patch(ref, { metadata: { finalizers } }, { ...dryRun, type: 'strategic' }),
      'a JSON patch': async finalizers => rancher.patch(ref, [{ op: 'add', path: '/metadata/finalizers', value: finalizers }], { ...dryRun, type: 'json' }),
      'a server-side apply': async finalizers => rancher.patch(ref, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ref.name, finalizers } }, { ...dryRun, type: 'apply', fieldManager: 'rancher', force: true })
    }
    const variants = ['controller.cattle.io/namespace-auth2', 'controller.cattle.io/Namespace-auth', 'cattle.io/namespace-auth', 'foregroundDeletion', 'orphan', 'kubernetes']
    for (const [way, write] of Object.entries(ways)) {
      await expect(write([finalizer]), way).resolves.toBeDefined()
      for (const other of variants) {
        await expect(write([other]), `${other} by ${way}`).rejects.toMatchObject(refused(other, finalizer))
        await expect(write([finalizer, other]), `${other} by ${way}`).rejects.toMatchObject(refused(other, finalizer))
      }
    }
    for (const subresource of ['status', 'finalize']) {
      await expect(rancher.request('PUT', `/api/v1/namespaces/${ref.name}/${subresource}?dryRun=All`, await object([finalizer]))).rejects.toMatchObject(denied('by the namespace controller only'))
    }
    await expect(rancher.patch(ref, { metadata: { finalizers: [`${finalizer},orphan/x`] } }, dryRun)).rejects.toMatchObject({ code: 422 })
    await expect(rancher.patch(ref, { metadata: { finalizers: Array.from({ length: 101 }, () => finalizer) } }, { ...dryRun, type: 'merge' })).rejects.toMatchObject(refused('', finalizer, 'so many finalizers'))
    const both = { annotations: { 'k8s-mtp.dev/allowed-finalizers': `${finalizer},example.com/x` }, finalizers: ['example.com/x'] }
    await expect(rancher.patch(ref, { metadata: both }, dryRun)).rejects.toMatchObject({ code: 403 })
    await expect(rancher.patch(ref, { metadata: { labels: { 'k8s-mtp.dev/tenant': null }, finalizers: ['example.com/x'] } }, dryRun)).rejects.toMatchObject({ code: 403 })
    await expect(admin.patch(ref, { metadata: { finalizers: [finalizer] } }, dryRun)).rejects.toMatchObject(denied('cannot patch resource "namespaces"'))
  })

  test('keeps the namespace after its Tenant until it removes its finalizer, and the Tenant stays up to date before', async () => {
    const name = uniqueName('gone')
    const ref = { ...namespaceRef('rancher'), name: `tenant-${name}-shop` }
    await client().create(tenantManifest(name, { className: nameOf('rancher') }))
    await waitForReady({ name })
    await rancher.patch(ref, { metadata: { finalizers: [finalizer], annotations, labels } })
    await waitForReady({ name })
    await expect(rancher.patch(ref, { metadata: { finalizers: Array.from({ length: 50 }, () => finalizer) } }, dryRun)).rejects.toThrow('so many finalizers')
    expect((await client().get(ref)).metadata).toMatchObject({ finalizers: [finalizer], annotations, labels })
    await client().delete(tenantRef(name))
    await eventually(async () => expect(await client().find(tenantRef(name))).toBeUndefined())
    await eventually(async () => expect((await client().get(ref)).metadata).toHaveProperty('deletionTimestamp'))
    await client().create(tenantManifest(name, { className: nameOf('rancher') }))
    await waitForReason({ name }, 'NamespaceTerminating')
    await eventually(async () => { await rancher.patch(ref, { metadata: { finalizers: null } }) })
    await waitForReady({ name })
    await removeTenant(name)
  })

  test('keeps a finalizer that the class no longer lists, and removes it', async () => {
    const name = uniqueName('unlisted')
    const ref = { ...namespaceRef('rancher'), name: `tenant-${name}-shop` }
    await client().create(tenantManifest(name, { className: nameOf('rancher') }))
    onTestFinished(async () => { await removeTenant(name) })
    await waitForReady({ name })
    await rancher.patch(ref, { metadata: { finalizers: [finalizer] } })
    await client().patch(tenantRef(name), { spec: { className: nameOf('standard') } })
    await eventually(async () => expect((await client().get(ref)).metadata.annotations ?? {}).not.toHaveProperty(['k8s-mtp.dev/allowed-finalizers']))
    await expect(rancher.patch(ref, { metadata: { labels } }, dryRun)).resolves.toBeDefined()
    await rancher.patch(ref, { metadata: { finalizers: null } })
    await expect(rancher.patch(ref, { metadata: { finalizers: [finalizer] } }, dryRun)).rejects.toThrow('does not allow to add the finalizer')
  })
})

describe('Argo CD with CreateNamespace=true', () => {
  const controller = as('system:serviceaccount:argocd:argocd-application-controller', ['system:masters', 'system:serviceaccounts'])
  const absent = `tenant-${run}-absent`
  const says = (name: string) => denied(`k8s-mtp creates the namespaces named tenant-*. If ${name} exists, use it without creating it. Otherwise create a Tenant, or use another name`)
  const managed = (name: string, labels: object = { team: 'a' }): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: labels as Record<string, string>, annotations: { 'argocd.argoproj.io/sync-options': 'ServerSideApply=true', 'argocd.argoproj.io/tracking-id': 'shop:/Namespace:x/y' } }
  })
  const apply = { fieldManager: 'argocd-controller', force: true }

  test('finds the namespace of a Tenant', async () => {
    await expect(controller.get(namespaceRef('standard'))).resolves.toBeDefined()
  })

  test('is refused to create one, with what to do, in a dry run too', async () => {
    for (const options of [{}, dryRun]) {
      await expect(controller.create(managed(absent), options)).rejects.toMatchObject(says(absent))
      await expect(controller.apply(managed(absent), { ...apply, ...options })).rejects.toMatchObject(says(absent))
      await expect(controller.create(managed(namespaceOf('standard')), options)).rejects.toMatchObject(says(namespaceOf('standard')))
    }
    await expect(admin.create(managed(absent), dryRun)).rejects.toMatchObject(denied('cannot create resource "namespaces"'))
  })

  test('applies managedNamespaceMetadata to an existing one, except for keys of k8s-mtp', async () => {
    const name = namespaceOf('standard')
    for (const options of [dryRun, {}]) {
      expect(await controller.apply(managed(name), { ...apply, ...options })).toMatchObject({ metadata: { labels: { team: 'a', 'k8s-mtp.dev/tenant': nameOf('standard') } } })
      await expect(controller.patch(namespaceRef('standard'), managed(name), options)).resolves.toBeDefined()
    }
    await waitForReady({ name: nameOf('standard') })
    await expect(controller.apply(managed(name, { 'pod-security.kubernetes.io/enforce': 'privileged' }), { ...apply, ...dryRun })).rejects.toMatchObject(denied("the pod security of a Tenant's namespace is set by its TenantClass"))
    await expect(controller.apply(managed(name, { 'k8s-mtp.dev/tenant': 'other' }), { ...apply, ...dryRun })).rejects.toMatchObject(denied('are reserved for k8s-mtp'))
  })
})
