import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { classManifest, classRef, smallClass } from './classes.ts'
import type { Ended } from '../support/run.ts'
import { k8sMtp } from './cli.ts'
import { client } from './context.ts'
import { remove, removeTenant, tenantManifest, tenantRef, uniqueName, waitForReady } from './tenants.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-apply-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const asAdmin: string[] = []
const apply = async (objects: KubeObject[], args: string[] = [], identity = asAdmin): Promise<Ended> => {
  writeFileSync(join(folder, 'input.json'), objects.map(object => JSON.stringify(object)).join('\n---\n'))
  return await k8sMtp(['apply', '--filename', folder, ...args], identity)
}

describe('apply', () => {
  test('reports each object, and Tenants become Ready with a class from the same input', async () => {
    const name = uniqueName()
    onTestFinished(async () => { await removeTenant(name); await remove(classRef(name)) })
    const tenant = tenantManifest(name, { className: name })
    const [first, second] = [classManifest(name), classManifest(name)]
    expect(await apply([tenant, first])).toEqual({ code: 0, stderr: '', stdout: `TenantClass/${name} created\nTenant/${name} created\n` })
    await waitForReady({ name })
    expect(await apply([tenant, second])).toEqual({ code: 0, stderr: '', stdout: `TenantClass/${name} unchanged\nTenant/${name} unchanged\n` })
    expect(await apply([{ ...tenant, spec: { name: 'shop', className: name, cordoned: true } }, second])).toMatchObject({ code: 0, stdout: `TenantClass/${name} unchanged\nTenant/${name} configured\n` })
  })

  test('removes fields it no longer declares, and takes over fields of other field managers', async () => {
    const name = uniqueName()
    onTestFinished(() => removeTenant(name))
    const viewers = [{ kind: 'User', name: 'eve@audit.example' }]
    const admins = [{ kind: 'User', name: 'ada@acme.example' }]
    await apply([tenantManifest(name, { viewers, admins })], ['--field-manager', 'k8s-mtp-chart'])
    await client().patch(tenantRef(name), { spec: { admins: [...admins, { kind: 'User', name: 'mallory' }], paused: true } })
    expect(await apply([tenantManifest(name, { admins })], ['--field-manager', 'k8s-mtp-chart'])).toMatchObject({ code: 0, stdout: `Tenant/${name} configured\n` })
    const { spec, metadata } = await client().get(tenantRef(name))
    expect(spec).toEqual({ name: 'shop', className: 'default', deletionPolicy: 'Delete', admins, paused: true })
    expect(metadata.managedFields).toContainEqual(expect.objectContaining({ manager: 'k8s-mtp-chart', operation: 'Apply' }))
  })

  test('applies the other objects if the API server refuses one, and fails', async () => {
    const [refused, applied] = [uniqueName('a'), uniqueName('b')]
    onTestFinished(async () => { await removeTenant(refused); await removeTenant(applied) })
    await client().create(tenantManifest(refused))
    const { code, stdout, stderr } = await apply([tenantManifest(refused, { name: 'other' }), tenantManifest(applied)])
    expect({ code, stdout }).toEqual({ code: 1, stdout: `Tenant/${applied} created\n` })
    expect(stderr).toMatch(new RegExp(`^error: Tenant/${refused}: the API server refuses: .*spec.name.*\n$`))
  })

  test('refuses a class with permissions that Metacontroller lacks, and applies nothing', async () => {
    const name = uniqueName()
    onTestFinished(async () => { await removeTenant(name); await remove(classRef(name)) })
    const rules = [
      { apiGroups: ['', 'widgets.example'], resources: ['pods'], verbs: ['get'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['a'], verbs: ['get', 'deletecollection'] }
    ]
    const further = { rules: [{ apiGroups: ['gadgets.example'], resources: ['gadgets'], verbs: ['list'] }] }
    const classWith = classManifest(name, { roles: { ...smallClass.roles, admin: { rules } }, additionalRoles: { auditor: further } })
    const { code, stdout, stderr } = await apply([classWith, tenantManifest(name)])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`TenantClass/${name} grants what Metacontroller lacks: `)
    expect(stderr).toContain('get pods.widgets.example')
    expect(stderr).toContain('list gadgets.gadgets.example')
    expect(stderr).toContain('k8s-mtp rbac --classes')
    expect(stderr).not.toMatch(/get pods[;.] /)
    expect(await client().find(tenantRef(name))).toBeUndefined()
  })

  test('warns if the permissions of a class cannot be checked', async () => {
    const name = uniqueName()
    onTestFinished(() => remove(classRef(name)))
    const unknown = await apply([classManifest(name)], ['--engine-service-account', 'other/engine'])
    expect(unknown).toMatchObject({ code: 0, stderr: expect.stringContaining('--engine-service-account') as string })
    expect(await apply([classManifest(name)], ['--engine-service-account', 'other'])).toMatchObject({ code: 2, stdout: '' })
  })

  test('ignores metadata.namespace of a cluster-scoped object', async () => {
    const name = uniqueName()
    onTestFinished(() => removeTenant(name))
    const tenant = tenantManifest(name)
    expect(await apply([{ ...tenant, metadata: { ...tenant.metadata, namespace: 'default' } }])).toEqual({ code: 0, stderr: '', stdout: `Tenant/${name} created\n` })
  })

  test('upgrades the definitions of Metacontroller, and leaves its objects as they are', async () => {
    const definitions = readManifests(repositoryPath('chart/charts/metacontroller-crds/crds'))
    const controller = { apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController', name: 'k8s-mtp' }
    const before = await client().get(controller)
    expect(await apply(definitions)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^(CustomResourceDefinition\/\S+ configured\n){3}$/) as string })
    expect(await apply(definitions)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^(CustomResourceDefinition\/\S+ unchanged\n){3}$/) as string })
    expect(await client().get(controller)).toEqual(before)
  })

  test('refuses other kinds before it connects to a cluster', async () => {
    const { code, stdout, stderr } = await apply([tenantManifest('never'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }], ['--context', 'no-such-context'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('ConfigMap in v1 cannot be applied by k8s-mtp, only Tenants and TenantClasses of k8s-mtp.dev, and CustomResourceDefinitions of k8s-mtp.dev and metacontroller.k8s.io. Apply it with kubectl.\n')
    expect(await client().find(tenantRef('never'))).toBeUndefined()
  })

  test('reports missing permissions', async () => {
    const { code, stderr } = await apply([tenantManifest('never')], [], ['--as', 'mallory'])
    expect(code).toBe(1)
    expect(stderr).toContain('User "mallory" cannot get resource "tenants"')
    expect(stderr).toContain('Applying needs get, create and patch on the kinds in the input: tenantclasses (ClusterRole k8s-mtp-class-editor)')
    expect(await client().find(tenantRef('never'))).toBeUndefined()
  })
})
