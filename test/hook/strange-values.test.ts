import { TypeCompiler } from '@sinclair/typebox/compiler'
import { expect, it } from 'vitest'
import { isFields } from '../../src/kubernetes/json.ts'
import { SyncRequest } from '../../src/hook/schema.ts'
import { sync } from '../../src/hook/sync.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { now, settled, syncRequest } from '../support/requests.ts'

const schema = TypeCompiler.Compile(SyncRequest)

const viewers = [{ kind: 'User', name: 'eve', expiresAt: '2026-11-22T11:00:00Z' }] as const
const requests = (['dynamic-apply', 'server-side-apply'] as const).map(strategy =>
  syncRequest(settled({ tenant: tenant({ viewers: [...viewers] }), classes: [defaultClass()] }, strategy).world))

/** `String` throws for the last, which has no way to become text. */
const values = [null, [[]], { toString: 1 }]

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
  let responses = 0
  for (const request of requests) {
    for (const [path, write] of places(request)) {
      for (const value of values) {
        write(value)
        if (!schema.Check(request)) continue
        try {
          sync(request, now)
          responses++
        } catch (error) {
          failures.push(`${path}: ${JSON.stringify(value)}: ${String(error)}`)
        }
      }
    }
  }
  expect(failures).toEqual([])
  expect(responses).toBeGreaterThan(5_000)
})
