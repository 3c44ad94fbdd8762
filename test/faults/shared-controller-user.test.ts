import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { eventually } from '../e2e/context.ts'
import { refusalOf } from '../e2e/guardrails/refusal.ts'
import { tenantRef } from '../e2e/tenants.ts'
import { namespaceOf, tenantsWithData } from './tenants.ts'

// kube-controller-manager without --use-service-account-credentials: all of its controllers are one user.
const user = 'system:kube-controller-manager'
const [tenant, kept] = ['acme', 'globex']

let platform: Platform
let client: KubeClient
beforeAll(async () => {
  platform = await startPlatform({ sharedControllerUser: true, log: line => console.log(line) })
  client = platform.client
  await tenantsWithData(client, [tenant, kept])
})
afterAll(async () => platform?.stop())

const namespaceRef = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Namespace', name: namespaceOf(name) })

test('its controllers count in quotas', async () => {
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', namespace: namespaceOf(kept), name: 'tenant-objects' }
  await eventually(async () => expect((await client.get(quota)).status).toHaveProperty('used.configmaps', '2'))
})

test('its name alone is exempt from no guardrail', async () => {
  const named = client.as(user, ['system:masters'])
  expect(await refusalOf('tenant-namespaces', async () => named.delete(namespaceRef(kept), { dryRun: ['All'] }))).toMatch(/deleted only with it/)
})

test('it deletes the namespace of a deleted Tenant, and no other', async () => {
  const since = Date.now()
  await client.delete(tenantRef(tenant))
  await eventually(async () => expect(await client.find(namespaceRef(tenant))).toBeUndefined(), { timeout: 60_000 })
  const deletes = platform.auditWrites(since).filter(({ verb, code }) => verb.startsWith('delete') && code < 300)
  expect(new Set(deletes.filter(({ namespace }) => namespace === namespaceOf(tenant)).map(write => write.user))).toEqual(new Set([user]))
  const { status } = await client.get(namespaceRef(kept)) as KubeObject & { status: { phase: string } }
  expect(status.phase).toBe('Active')
})
