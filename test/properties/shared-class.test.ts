import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import type { ObservedObject } from '../../src/kubernetes/object.ts'
import { defaultClass, standardClass, tenant } from '../support/objects.ts'
import { now, settled, syncRequest, type Strategy } from '../support/requests.ts'
import { sync } from '../../src/hook/sync.ts'

/** The hook as it starts: it has seen no class. */
async function freshSync (): Promise<typeof sync> {
  vi.resetModules()
  return (await import('../../src/hook/sync.ts')).sync
}

const amount = fc.constantFrom<string | number>(0, 3, '30', '1e2', '500m', '-1', 'x')
const changes = fc.record({
  pods: amount,
  hostNames: fc.constantFrom<string[] | undefined>(undefined, [], ['*.{tenant}.example.com']),
  types: fc.constantFrom<Array<'ClusterIP' | 'LoadBalancer'>>(['ClusterIP'], ['ClusterIP', 'LoadBalancer']),
  max: amount
}, { requiredKeys: [] })

/** Few versions, so that many classes have the version of another. */
const classes = fc.record({
  shipped: fc.constantFrom(defaultClass, standardClass), changes, uid: fc.constantFrom('a', 'b'), resourceVersion: fc.constantFrom('1', '2')
}).map(({ shipped, changes: { pods, hostNames, types, max }, ...version }): ObservedObject => {
  const object = shipped(spec => {
    if (pods !== undefined) Object.assign(spec.quotas['tenant-quota'] ?? {}, { pods })
    if (hostNames !== undefined) spec.workloads.hostNames = hostNames
    if (types !== undefined) spec.workloads.services.types = types
    if (max !== undefined) Object.assign(spec.limits[0] ?? {}, { max: { cpu: max } })
  })
  return { ...object, metadata: { ...object.metadata, ...version, name: 'default' } }
})
const tenants = fc.record({
  quotas: fc.record({ 'tenant-quota': fc.record({ pods: amount }) }),
  limits: fc.record({ Container: fc.record({ max: fc.record({ cpu: amount }) }) }),
  admins: fc.array(fc.constantFrom('ada', 'bob').map(name => ({ kind: 'User' as const, name })), { maxLength: 2 })
}, { requiredKeys: [] }).map(spec => tenant(spec as Parameters<typeof tenant>[0]))
const strategies = fc.constantFrom<Strategy>('dynamic-apply', 'server-side-apply')

it('the response is the same whichever Tenants and classes came before', { timeout: 120_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(tenants, classes), { minLength: 2, maxLength: 6 }), strategies, async (pairs, strategy) => {
    const { world } = settled({ tenant: tenant(), classes: [defaultClass()] }, strategy)
    const requests = pairs.map(([object, observed]) => JSON.stringify(syncRequest({ ...world, tenant: object, classes: [observed] })))
    const respond = (using: typeof sync, request: string) => JSON.stringify(using(JSON.parse(request) as Parameters<typeof sync>[0], now))
    // Each again, in another order, after all others.
    const responses = [...requests, ...requests.toReversed()].map(request => respond(sync, request))
    const uncached: string[] = []
    for (const request of requests) uncached.push(respond(await freshSync(), request))
    expect(responses).toEqual([...uncached, ...uncached.toReversed()])
  }), { numRuns: 8 })
})
