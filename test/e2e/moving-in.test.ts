import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { k8sMtp } from './cli.ts'
import { breakGlass, client, eventually } from './context.ts'
import { namespaceRef } from './guardrails/world.ts'
import { kubectlOk } from './gitops/programs.ts'
import { createTenant, putData, refIn, remove, uidsOf, uniqueName, waitForReady, waitForReason } from './tenants.ts'

const page = readFileSync(repositoryPath('docs/guides/moving-in.md'), 'utf8')

/** The arguments of the kubectl command of the page that begins so, as a shell splits them. */
async function commandOnPage (start: string, namespace: string): Promise<string[]> {
  const text = page.replaceAll(/\\\n\s*/g, ' ')
  const line = text.split('\n').map(line => line.trim()).find(line => line.startsWith(start)) ?? expect.fail(`the page has no ${start}`)
  const { stdout } = await promisify(execFile)('bash', ['-c', `printf '%s\\0' ${line}`])
  return stdout.split('\0').slice(1, -1).map(argument => argument === 'solar-production' || argument === 'shop' ? namespace : argument)
}

const group = 'capsule.clastix.io'
const capsuleTenant = { apiVersion: `${group}/v1beta2`, kind: 'Tenant' }
const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `tenants.${group}` },
  spec: {
    group,
    scope: 'Cluster',
    names: { plural: 'tenants', singular: 'tenant', kind: 'Tenant', shortNames: ['tnt'] },
    versions: [{ name: 'v1beta2', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }]
  }
} as unknown as KubeObject

test('a namespace with the owner, label and objects of Capsule moves in by the commands of the page, and outlives the Tenant of Capsule', async () => {
  const solar = { ...capsuleTenant, name: uniqueName('solar') }
  const name = uniqueName('acme')
  const namespace = `tenant-${name}-shop`
  await client().create(crd)
  onTestFinished(async () => { await remove({ apiVersion: crd.apiVersion, kind: crd.kind, name: crd.metadata.name }) })
  const { metadata: { uid = '' } } = await eventually(async () => client().create({ ...capsuleTenant, metadata: { name: solar.name } }))
  // As Capsule adds it, without controller.
  const owner = { ...capsuleTenant, name: solar.name, uid }
  onTestFinished(async () => { await remove(namespaceRef(namespace)) })
  await breakGlass().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { [`${group}/tenant`]: solar.name }, ownerReferences: [owner] } } as KubeObject)
  const ofCapsule = { namespace, labels: { 'projectcapsule.dev/managed-by': 'controller', 'projectcapsule.dev/tenant': solar.name }, ownerReferences: [owner] }
  const policy = await breakGlass().create({
    apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `capsule-${solar.name}-0`, ...ofCapsule }, spec: { podSelector: {}, policyTypes: ['Ingress'] }
  } as KubeObject)
  await putData({ namespace })

  const tenant = await createTenant({}, name)
  await waitForReason(tenant, 'NamespaceConflict')
  const refused = await k8sMtp(['adopt', name, namespace, '--yes'])
  expect(refused.code).not.toBe(0)
  expect(refused.stdout + refused.stderr).toContain(`belongs to Tenant.capsule.clastix.io/${solar.name}`)

  const before = (await client().get(namespaceRef(namespace))).metadata.uid
  await kubectlOk(await commandOnPage('kubectl patch namespace solar-production', namespace))
  const { metadata } = await client().get(namespaceRef(namespace))
  expect([metadata.uid, metadata.ownerReferences, metadata.labels?.[`${group}/tenant`]]).toEqual([before, undefined, undefined])
  // As Capsule does with its objects in a namespace that is not its own.
  await remove({ apiVersion: policy.apiVersion, kind: policy.kind, namespace, name: policy.metadata.name })

  expect(await k8sMtp(['adopt', name, namespace, '--yes'])).toMatchObject({ code: 0 })
  await waitForReady(tenant)
  const adopted = await uidsOf({ namespace })
  await client().delete(solar)
  // As long as the garbage collector takes to delete dependents.
  await sleep(4_000)
  expect(await uidsOf({ namespace })).toEqual(adopted)
  expect(await client().get(refIn({ namespace }, 'ConfigMap', 'data'))).toHaveProperty('data', { precious: 'yes' })
})

test('a namespace of a Rancher project leaves it by the commands of the page', async () => {
  const name = uniqueName('rancher')
  onTestFinished(async () => { await remove(namespaceRef(name)) })
  const projectId = 'field.cattle.io/projectId'
  const annotations = { [projectId]: 'c-x:p-y', 'field.cattle.io/resourceQuota': '{}', 'field.cattle.io/containerDefaultResourceLimit': '{}', 'field.cattle.io/creatorId': 'u-1' }
  await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations, labels: { [projectId]: 'p-y' } } })
  for (const start of ['kubectl annotate namespace shop', 'kubectl label namespace shop']) await kubectlOk(await commandOnPage(start, name))
  const { metadata } = await client().get(namespaceRef(name))
  expect(metadata.annotations).toEqual({ 'field.cattle.io/creatorId': 'u-1' })
  expect(metadata.labels).not.toHaveProperty([projectId])
})
