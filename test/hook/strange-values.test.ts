import { randomInt } from 'node:crypto'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { expect, it } from 'vitest'
import { isFields } from '../../src/kubernetes/json.ts'
import { SyncRequest } from '../../src/hook/schema.ts'
import { sync } from '../../src/hook/sync.ts'
import { defaultClass, keyed, tenant, tenantNamespace } from '../support/objects.ts'
import { now, settled, syncRequest } from '../support/requests.ts'
import { extentOfRun } from '../suites.ts'

const schema = TypeCompiler.Compile(SyncRequest)

const viewers = [{ kind: 'User', name: 'eve', expiresAt: '2026-11-22T11:00:00Z' }] as const
const parent = tenant({ viewers: [...viewers], namespaces: [{ name: 'dev', admins: [...viewers] }] })
// Copies: a response shares objects with its class, and these requests are written to.
const requests = (['dynamic-apply', 'server-side-apply'] as const).map(strategy =>
  structuredClone(syncRequest(settled({ tenant: parent, classes: [defaultClass()] }, strategy).world)))
const namespaceRequest = structuredClone(syncRequest(settled({
  tenant: tenantNamespace({ subjects: { viewer: keyed(viewers) } }), classes: [defaultClass()]
}).world))

/** `String` throws for the last, which has no way to become text. */
const values = [null, [[]], { toString: 1 }]
/** Each place has one of them in a quick run, another in each run. */
const some = randomInt(values.length)
const valuesAt = (place: number): unknown[] => extentOfRun === 'quick' ? [values[(some + place) % values.length]] : values

/** The places of a JSON value, with what writes to them. */
function * places (value: unknown, path = ''): Generator<[path: string, write: (value: unknown) => void]> {
  if (!isFields(value) && !Array.isArray(value)) return
  const container = value as Record<string, unknown>
  for (const [key, below] of Object.entries(container)) {
    yield [`${path}/${key}`, written => { container[key] = written }]
    container[key] = below
    yield * places(below, `${path}/${key}`)
  }
}

it('responds to each value that the schema allows, at each place of a request', () => {
  const failures: string[] = []
  let [responses, place] = [0, 0]
  const all = [...requests.map(request => ({ request, part: request })), { request: namespaceRequest, part: namespaceRequest.parent }]
  for (const { request, part } of all) {
    for (const [path, write] of places(part)) {
      for (const value of valuesAt(place++)) {
        write(value)
        if (!schema.Check(request)) continue
        try {
          // Results are kept for an object, which never changes in the hook.
          sync(structuredClone(request), now)
          responses++
        } catch (error) {
          failures.push(`${path}: ${JSON.stringify(value)}: ${String(error)}`)
        }
      }
    }
  }
  expect(failures).toEqual([])
  expect(responses).toBeGreaterThan(5_000 * valuesAt(0).length / values.length)
}, 180_000)
