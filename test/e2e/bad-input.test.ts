import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { client } from './context.ts'
import { announceToHook, askHook, identities, syncRequestOf, type HookAnswer, type HookRequest, type SyncRequest } from './hook-requests.ts'
import { removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

const name = uniqueName()
/** As the engine would send it for a Tenant that is ready. */
let good: SyncRequest
let goodAnswer: HookAnswer

beforeAll(async () => {
  await client().create(tenantManifest(name, { admins: [{ kind: 'User', name: 'ada@acme.example' }] }))
  await waitForReady({ name })
  good = await syncRequestOf({ name, namespace: `tenant-${name}-shop` })
  goodAnswer = await askHook({ body: good })
  expect(goodAnswer.code).toBe(200)
  expect(identities(goodAnswer.body['children'])).toEqual(identities(good.children))
})

afterAll(() => removeTenant(name))

/** Whatever came before, the hook answers a good request as it did: it keeps nothing. */
async function expectHookIsWell (): Promise<void> {
  expect(await askHook({ body: good })).toEqual(goodAnswer)
}

type Change = (request: SyncRequest) => unknown

/** The good request as JSON text, with a part of it replaced by text that no object can stand for. */
const withText = (part: string, replacement: string) => JSON.stringify(good).replaceAll(part, replacement)
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('a request that says nothing sensible is refused', () => {
  const refused: Array<[it: string, code: number, message: RegExp, request: () => HookRequest]> = [
    ['no body', 400, /body/i, () => ({})],
    ['an empty body', 400, /empty/i, () => ({ body: '' })],
    ['text that is no JSON', 400, /JSON/i, () => ({ body: 'children: none' })],
    ['half of a JSON', 400, /JSON/i, () => ({ body: JSON.stringify(good).slice(0, -100) })],
    ['a number', 400, /object/i, () => ({ body: '3' })],
    ['a list', 400, /object|parent/i, () => ({ body: '[]' })],
    ['null', 400, /object/i, () => ({ body: 'null' })],
    ['an empty object', 400, /parent/, () => ({ body: {} })],
    ['a NUL byte', 400, /JSON/i, () => ({ body: Buffer.concat([Buffer.from(JSON.stringify(good)), Buffer.from([0])]) })],
    ['no parent', 400, /parent/, () => ({ body: { ...good, parent: undefined } })],
    ['a parent of another kind', 400, /parent/, () => ({ body: { ...good, parent: { ...good.parent, kind: 'Deployment' } } })],
    ['a parent of another version', 400, /parent/, () => ({ body: { ...good, parent: { ...good.parent, apiVersion: 'k8s-mtp.dev/v9' } } })],
    ['a parent without a uid', 400, /uid/, () => ({ body: { ...good, parent: { ...good.parent, metadata: { ...good.parent.metadata, uid: undefined } } } })],
    ['a generation in words', 400, /generation/, () => ({ body: { ...good, parent: { ...good.parent, metadata: { ...good.parent.metadata, generation: '1' } } } })],
    ['labels that are numbers', 400, /labels/, () => ({ body: { ...good, parent: { ...good.parent, metadata: { ...good.parent.metadata, labels: { a: 1 } } } } })],
    ['no children', 400, /children/, () => ({ body: { ...good, children: undefined } })],
    ['null for children', 400, /children/, () => ({ body: { ...good, children: null } })],
    ['a list of children', 400, /children/, () => ({ body: { ...good, children: Object.values(good.children) } })],
    ['a child that is text', 400, /children/, () => ({ body: { ...good, children: { ...good.children, 'Role.rbac.authorization.k8s.io/v1': { a: 'b' } } } })],
    ['a child without a name', 400, /name/, () => ({ body: { ...good, children: { ...good.children, 'ConfigMap.v1': { a: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} } } } } })],
    ['related objects that are a list', 400, /related/, () => ({ body: { ...good, related: [] } })],
    ['another content type', 415, /media type/i, () => ({ body: JSON.stringify(good), contentType: 'application/yaml' })],
    ['no content type', 415, /media type/i, () => ({ body: JSON.stringify(good), contentType: '' })],
    ['a path that is not there', 404, /not found/i, () => ({ body: good, path: '/finalize' })],
    ['a GET where a POST is due', 404, /not found/i, () => ({ method: 'GET' })],
    ['a PUT where a POST is due', 404, /not found/i, () => ({ method: 'PUT', body: good })]
  ]

  test.each(refused)('%s: %i, with a message', async (_, code, message, request) => {
    const answer = await askHook(request())
    expect(answer).toMatchObject({ code, body: { statusCode: code, error: expect.any(String), message: expect.stringMatching(message) } })
    await expectHookIsWell()
  })

  test('20 MB: 413, with a message, before they have been sent', async () => {
    expect(await announceToHook(20 * 1024 * 1024)).toMatchObject({ code: 413, body: { message: expect.stringContaining('large') } })
    await expectHookIsWell()
  })

  test('and so it is at /customize', async () => {
    expect(await askHook({ path: '/customize', body: { parent: {} } })).toMatchObject({ code: 400, body: { message: expect.stringContaining('parent') } })
  })
})

const spec = (change: object): Change => request => ({ ...request, parent: { ...request.parent, spec: { name: 'shop', className: 'default', ...change } } })
const classes = (change: (object: KubeObject) => unknown): Change => request => ({
  ...request,
  related: { ...request.related, 'TenantClass.k8s-mtp.dev/v1': Object.fromEntries(Object.entries(request.related['TenantClass.k8s-mtp.dev/v1'] ?? {}).map(([name, object]) => [name, change(object)])) }
})

describe('a request that cannot be decided is held: every child that was observed is in the answer', () => {
  const held: Array<[it: string, reason: string, change: Change]> = [
    ['no related objects', 'EngineMisconfigured', request => ({ ...request, related: undefined })],
    ['null for related objects', 'EngineMisconfigured', request => ({ ...request, related: null })],
    ['no related namespaces', 'EngineMisconfigured', request => ({ ...request, related: { ...request.related, 'Namespace.v1': undefined } })],
    ['no related classes', 'EngineMisconfigured', request => ({ ...request, related: { 'Namespace.v1': {} } })],
    ['a kind of children missing', 'EngineMisconfigured', request => ({ ...request, children: { ...request.children, 'Role.rbac.authorization.k8s.io/v1': undefined } })],
    ['no class at all', 'ClassNotFound', request => ({ ...request, related: { ...request.related, 'TenantClass.k8s-mtp.dev/v1': {} } })],
    ['a class without a spec', 'ClassInvalid', classes(({ spec, ...object }) => object)],
    ['a class with wrong types', 'ClassInvalid', classes(object => ({ ...object, spec: { ...object.spec as object, quotas: [], roles: 'all' } }))],
    ['no spec', 'SpecInvalid', request => ({ ...request, parent: { ...request.parent, spec: undefined } })],
    ['a spec that is text', 'SpecInvalid', request => ({ ...request, parent: { ...request.parent, spec: 'shop' } })],
    ['a name that is a number', 'SpecInvalid', spec({ name: 3 })],
    ['admins that are text', 'SpecInvalid', spec({ admins: 'ada' })],
    ['a subject that is null', 'SpecInvalid', spec({ admins: [null] })],
    ['a subject that stands for everybody', 'SpecInvalid', spec({ admins: [{ kind: 'Group', name: 'system:authenticated' }] })],
    ['quotas that are a list', 'SpecInvalid', spec({ quotas: [1, 2] })],
    ['a class called constructor', 'ClassNotFound', spec({ className: 'constructor' })],
    ['a class called __proto__', 'ClassNotFound', spec({ className: '__proto__' })],
    ['an override of what every object has', 'SpecInvalid', spec({ quotas: { constructor: { name: '1', length: 2 }, 'tenant-quota': { constructor: '1' } } })]
  ]

  test.each(held)('%s: %s', async (_, reason, change) => {
    const request = change(structuredClone(good)) as SyncRequest
    const { code, body } = await askHook({ body: request })
    expect(code).toBe(200)
    expect(identities(body['children'])).toEqual(identities(request.children))
    expect(body['status']).toMatchObject({ phase: 'Blocked', conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'False', reason, message: expect.stringMatching(/.{20}/) })]) })
    await expectHookIsWell()
  })
})

describe('a request that is odd and can be decided gets an answer with all that was observed', () => {
  const labelled = (labels: Record<string, string>): Change => request => ({ ...request, parent: { ...request.parent, metadata: { ...request.parent.metadata, labels } } })
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more', namespace: 'elsewhere' }, data: { precious: 'yes' } }
  const odd: Array<[it: string, change: Change]> = [
    ['children of a kind that is not ours', request => ({ ...request, children: { ...request.children, 'ConfigMap.v1': { 'elsewhere/more': configMap } } })],
    ['children of a kind called constructor', request => ({ ...request, children: { ...request.children, constructor: { 'elsewhere/more': configMap } } })],
    ['the same subject twice', spec({ admins: [{ kind: 'User', name: 'ada' }, { kind: 'User', name: 'ada' }] })],
    ['a subject called constructor', spec({ admins: [{ kind: 'User', name: 'constructor' }, { kind: 'User', name: '__proto__' }] })],
    ['labels that every object has', labelled({ constructor: 'x', toString: 'y', hasOwnProperty: 'z' })],
    ['fields that nobody knows', request => ({ ...request, more: { than: 'expected' } })],
    ['a Tenant with another name than its children say', request => ({ ...request, parent: { ...request.parent, metadata: { ...request.parent.metadata, name: 'other' } } })],
    ['a status that is text', request => ({ ...request, parent: { ...request.parent, status: 'fine' } })],
    ['conditions that are numbers', request => ({ ...request, parent: { ...request.parent, status: { conditions: [1, null, { type: 'Ready', lastTransitionTime: 3 }] } } })]
  ]

  test.each(odd)('%s', async (_, change) => {
    const request = change(structuredClone(good)) as SyncRequest
    const { code, body } = await askHook({ body: request })
    expect(code).toBe(200)
    expect(identities(body['children'])).toEqual(expect.arrayContaining(identities(request.children)))
    await expectHookIsWell()
  })

  const texts: Array<[it: string, text: () => string | Buffer]> = [
    ['__proto__ beside the parent', () => withText('"finalizing":', '"__proto__":{"polluted":true},"finalizing":')],
    ['__proto__ among the labels', () => withText('"app.kubernetes.io/managed-by":', '"__proto__":"polluted","app.kubernetes.io/managed-by":')],
    ['__proto__ in the spec', () => withText('"className":', '"__proto__":{"paused":true},"className":')],
    ['__proto__ as a kind of children', () => withText('"children":{', '"children":{"__proto__":{},')],
    ['a constructor with a prototype', () => withText('"finalizing":', '"constructor":{"prototype":{"polluted":true}},"finalizing":')],
    ['bytes that are no UTF-8', () => Buffer.concat([Buffer.from('{"more":"'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from(`",${JSON.stringify(good).slice(1)}`)])],
    ['a NUL in a name', () => withText('"name":"ada@acme.example"', '"name":"ada\\u0000@acme.example"')],
    ['half of a surrogate pair in a name', () => withText('"name":"ada@acme.example"', '"name":"ada\\ud800"')],
    ['the same key twice', () => withText('"finalizing":', '"children":null,"finalizing":')],
    ['lists in lists, 1,000 deep', () => withText('"finalizing":', `"more":${nested(1_000)},"finalizing":`)],
    ['lists in lists, 100,000 deep, in the request', () => withText('"finalizing":', `"more":${nested(100_000)},"finalizing":`)],
    ['lists in lists, 100,000 deep, in the spec', () => withText('"className":', `"more":${nested(100_000)},"className":`)],
    ['lists in lists, 100,000 deep, in a child', () => withText('"podSelector":', `"more":${nested(100_000)},"podSelector":`)]
  ]

  test.each(texts)('%s, or is refused with a message', async (_, text) => {
    const { code, body } = await askHook({ body: text() })
    const { children, message } = body
    if (code === 200) expect(identities(children)).toEqual(identities(good.children))
    else expect({ code, message }).toEqual({ code: expect.toSatisfy((code: number) => code >= 400 && code < 500), message: expect.stringMatching(/.{10}/) })
    expect(isRecord(body)).toBe(true)
    await expectHookIsWell()
  })
})
