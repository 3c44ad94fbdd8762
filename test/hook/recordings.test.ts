import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checker } from '../../src/api/validation/checker.ts'
import { customize } from '../../src/hook/customize.ts'
import { sync } from '../../src/hook/sync.ts'
import { CustomizeRequest, SyncRequest } from '../../src/hook/schema.ts'
import { identity } from '../../src/kubernetes/object.ts'
import { now } from '../support/requests.ts'

const folder = new URL('../fixtures/recordings/', import.meta.url)
const checkSync = checker(SyncRequest)
const checkCustomize = checker(CustomizeRequest)

interface Exchange { hook: 'sync' | 'customize', request: object }

const scenarios = ['dynamic-apply', 'server-side-apply'].flatMap(strategy =>
  readdirSync(new URL(`${strategy}/scenarios/`, folder)).map(file => ({
    name: `${strategy}: ${file.replace('.json', '')}`,
    exchanges: (JSON.parse(readFileSync(new URL(`${strategy}/scenarios/${file}`, folder), 'utf8')) as { exchanges: Exchange[] }).exchanges
  })))

describe('the hook accepts what a real Metacontroller has sent', () => {
  it.each(scenarios.filter(({ exchanges }) => exchanges.length > 0))('$name, and returns each observed child', ({ exchanges }) => {
    for (const { hook, request } of exchanges) {
      if (hook === 'customize') {
        const checked = checkCustomize(request)
        expect(checked.ok && customize(checked.value).relatedResources.length).toBe(2)
      } else {
        const checked = checkSync(request)
        expect(checked).toMatchObject({ ok: true })
        if (!checked.ok) return
        // The class of these recordings is invalid under our schema, so every Tenant is on hold.
        const { response, hold } = sync(checked.value, now)
        expect(hold).toBeDefined()
        const observed = Object.values(checked.value.children).flatMap(ofKind => Object.values(ofKind))
        expect(response.children.map(identity).sort()).toEqual(observed.map(identity).sort())
      }
    }
  })
})
