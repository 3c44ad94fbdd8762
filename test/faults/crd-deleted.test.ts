import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deletionProtectionAnnotation } from '../../src/api/group.ts'
import { installCrds } from '../cluster/install.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { k8sMtpAt } from '../e2e/cli.ts'
import { breakGlass, client, eventually, useClient } from '../e2e/context.ts'
import { putData, tenantManifest, uidsOf, waitForReady } from '../e2e/tenants.ts'
import { namespaceOf, names } from './tenants.ts'

/** The recovery in docs/operations.md after a deletion of the CRD of Tenants. */
let platform: Platform

const tenants = names('lost', 4).map(name => ({ name, namespace: namespaceOf(name) }))
const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'tenants.k8s-mtp.dev' }

beforeAll(async () => {
  platform = await startPlatform({ log: line => console.log(line) })
  useClient(platform.client)
  await Promise.all(tenants.map(async ({ name }) => await client().create(tenantManifest(name))))
  await Promise.all(tenants.map(async tenant => { await waitForReady(tenant); await putData(tenant) }))
})
afterAll(async () => platform?.stop())

test('recreated Tenants adopt all namespaces after a deletion of the CRD, if the garbage collector is stopped in time', async () => {
  const uids = await Promise.all(tenants.map(uidsOf))
  await expect(breakGlass()
    .delete(crd)).rejects.toThrow(`kubectl annotate customresourcedefinition ${crd.name} ${deletionProtectionAnnotation}-`)
  await platform.controlPlane.controllerManager.stop()
  await client().patch(crd, { metadata: { annotations: { [deletionProtectionAnnotation]: null } } })
  await client().delete(crd)
  await eventually(async () => expect(await client().find(crd)).toBeUndefined())
  // Time in which the engine could delete something.
  await sleep(2_000)
  expect(await Promise.all(tenants.map(uidsOf))).toEqual(uids)

  await installCrds(client())
  await eventually(async () => await Promise.all(tenants.map(async ({ name }) => await client()
    .apply(tenantManifest(name), { fieldManager: 'gitops', force: true }))))
  const adopted = await k8sMtpAt(platform.kubeconfig, ['adopt', '--all', '--yes'])
  expect(adopted).toMatchObject({ code: 0, stderr: '' })
  await Promise.all(tenants.map(async tenant => await waitForReady(tenant)))

  await platform.controlPlane.controllerManager.restart()
  // The garbage collector would delete within seconds, once its caches are filled.
  await sleep(8_000)
  expect(await Promise.all(tenants.map(uidsOf))).toEqual(uids)
})
