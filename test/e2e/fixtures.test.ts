import { expect, test } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import limitRangeItems from '../fixtures/limit-range-items.json' with { type: 'json' }
import quantities from '../fixtures/quantities.json' with { type: 'json' }
import quotas from '../fixtures/quota-hard.json' with { type: 'json' }
import { client } from './context.ts'

// Unit tests rely on these recordings of a kube-apiserver. Here they are compared with the one of this run.
test('this kube-apiserver stores the handpicked quantities of test/fixtures/quantities.json', async () => {
  const stored = await Promise.all(quantities.handPicked.map(async ({ input }) => ({
    input,
    quota: await storedHard('requests.storage', input) ?? null,
    limitRange: (await storedItem({ type: 'Pod', max: { memory: input } }))?.max?.memory ?? null
  })))
  expect(stored).toEqual(quantities.handPicked)
})

test('this kube-apiserver stores the items of test/fixtures/limit-range-items.json', async () => {
  const stored = await Promise.all(limitRangeItems.cases.map(async ({ item }) => ({ item, stored: await storedItem(item) ?? null })))
  expect(stored).toEqual(limitRangeItems.cases.map(({ item, stored }) => ({ item, stored })))
})

test('this kube-apiserver accepts the quotas of test/fixtures/quota-hard.json', async () => {
  const accepted = await Promise.all(quotas.cases.map(async ({ resource, amount }) => ({
    resource,
    amount,
    accepted: await storedHard(resource, amount) !== undefined
  })))
  expect(accepted).toEqual(quotas.cases.map(({ resource, amount, accepted }) => ({ resource, amount, accepted })))
})

interface Item { max?: Record<string, string> }

async function storedHard (resource: string, amount: unknown): Promise<string | undefined> {
  const quota = await stored('ResourceQuota', { hard: { [resource]: amount } })
  return (quota?.spec as { hard: Record<string, string> } | undefined)?.hard[resource]
}

async function storedItem (item: unknown): Promise<Item | undefined> {
  const limitRange = await stored('LimitRange', { limits: [item] })
  return (limitRange?.spec as { limits: Item[] } | undefined)?.limits[0]
}

/** Returns the object as the API server would store it, or undefined if it is invalid. */
async function stored (kind: string, spec: unknown): Promise<KubeObject | undefined> {
  return client().create({ apiVersion: 'v1', kind, metadata: { name: 'fixture', namespace: 'default' }, spec }, { dryRun: true }).catch((error: unknown) => {
    if (error instanceof ApiError && [400, 422].includes(error.code)) return undefined
    throw error
  })
}
