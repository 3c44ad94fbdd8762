import { describe, expect, onTestFinished, test } from 'vitest'
import { backUp, restore, type Backup } from './backup.ts'
import { k8sMtp } from './cli.ts'
import { client, eventually } from './context.ts'
import { settled } from './engine-writes.ts'
import { pod, restricted, service } from './guarded-tenant.ts'
import {
  createTenant, objectsOf, putData, readyTenant, refIn, remove, removeTenant, tenantManifest, tenantRef, waitForReady, waitForReason,
  type TestTenant
} from './tenants.ts'

/** Restores from a backup, as in docs/adoption.md: a tool creates all objects again, and Tenants have new uids. */

const ada = { kind: 'User', name: 'ada@acme.example' }

/** The ServiceAccount of a backup tool: a cluster admin, in no break-glass group. */
const tool = () => client().as('system:serviceaccount:velero:velero', ['system:serviceaccounts', 'system:serviceaccounts:velero',
  'system:masters', 'system:authenticated'])

/** Creates a Tenant with content that the class admits, backs it up, and deletes it with its namespace. */
async function lostTenant (): Promise<{ tenant: TestTenant, backup: Backup }> {
  const tenant = await readyTenant({ admins: [ada] })
  const { namespace } = tenant
  await putData(tenant)
  const create = (apiVersion: string, kind: string, name: string, content: object) =>
    client().create({ apiVersion, kind, metadata: { name, namespace }, ...content })
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
  await create('v1', 'PersistentVolumeClaim', 'data', { spec: claim })
  await create('v1', 'ServiceAccount', 'app', {})
  await create('v1', 'Secret', 'password', { stringData: { password: 'precious' } })
  await client().create(pod(namespace, {}, {}, 'single'))
  await client().create(service(namespace, {}))
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: { ...restricted.spec, containers: [restricted.container] } }
  await create('apps/v1', 'Deployment', 'web', { spec: { replicas: 2, selector: { matchLabels: labels }, template } })
  await create('batch/v1', 'CronJob', 'nightly', {
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } } } }
  })
  await eventually(async () => expect((await names(tenant, 'Pod'))).toHaveLength(3))
  await settled(tenant)
  const backup = await backUp(client(), namespace)
  await client().patch({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'data', namespace }, { metadata: { finalizers: null } })
  await removeTenant(tenant.name)
  await eventually(async () => expect(await client().find(refIn(tenant, 'Namespace', ''))).toBeUndefined())
  return { tenant, backup }
}

async function names ({ namespace }: TestTenant, kind: string): Promise<string[]> {
  return (await client().list({ apiVersion: 'v1', kind }, { namespace })).items.map(({ metadata }) => metadata.name).sort()
}

async function expectRestored (tenant: TestTenant, backup: Backup): Promise<void> {
  const namesIn = (kind: string) => backup.filter(object => object.kind === kind).map(({ metadata }) => metadata.name).sort()
  for (const kind of ['PersistentVolumeClaim', 'Secret', 'ConfigMap', 'Service']) {
    await eventually(async () => expect(await names(tenant, kind)).toEqual(namesIn(kind)))
  }
  // A restored Deployment may have created its pods again before.
  await eventually(async () => expect(await names(tenant, 'Pod')).toHaveLength(namesIn('Pod').length))
  expect(await names(tenant, 'Pod')).toContain('single')
  expect(await client().get(refIn(tenant, 'Deployment', 'web'))).toHaveProperty('spec.replicas', 2)
  expect(await client().get(refIn(tenant, 'ConfigMap', 'data'))).toHaveProperty('data', { precious: 'yes' })
  await waitForReady(tenant)
}

/** What the selector `!k8s-mtp.dev/tenant` leaves: a guardrail refuses the labels of a Tenant to a backup tool. */
const contentOf = (backup: Backup) => backup.filter(({ metadata: { labels = {} } }) => !('k8s-mtp.dev/tenant' in labels))

describe('a restore from a backup', () => {
  test('with Tenants first needs no adoption and no break-glass access', async () => {
    const { tenant, backup } = await lostTenant()
    await createTenant({ admins: [ada] }, tenant.name)
    await waitForReady(tenant)
    const uids = (await objectsOf(tenant)).map(({ metadata }) => metadata.uid)
    expect(await restore(tool(), contentOf(backup))).toEqual({})
    await expectRestored(tenant, backup)
    expect((await objectsOf(tenant)).map(({ metadata }) => metadata.uid)).toEqual(uids)
  })

  test('with namespaces first lacks pods, claims and Services until the Tenant is adopted, and is then completed', async () => {
    const { tenant, backup } = await lostTenant()
    onTestFinished(() => remove(refIn(tenant, 'Namespace', '')))
    const breakGlass = tool().as('system:serviceaccount:velero:velero', ['k8s-mtp:break-glass', 'system:masters'])
    const errors = await restore(breakGlass, backup)
    const refused = Object.keys(errors).map(object => object.replace(/\/.*/, ''))
    expect([...new Set(refused)].sort()).toEqual(['PersistentVolumeClaim', 'Pod', 'Service'])
    for (const message of Object.values(errors)) {
      expect(message).toContain('no params found for policy binding with `Deny` parameterNotFoundAction')
    }
    await client().create(tenantManifest(tenant.name, { admins: [ada] }))
    await waitForReason(tenant, 'NamespaceConflict')
    expect(await k8sMtp(['adopt', '--all', '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await waitForReady(tenant)
    expect(await restore(tool(), contentOf(backup))).toEqual({})
    await expectRestored(tenant, backup)
    await client().delete(tenantRef(tenant.name))
  })
})
