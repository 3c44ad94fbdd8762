import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { client } from './context.ts'
import {
  announceBody, callHook, identities, syncRequestOf, type HookResponse, type HookRequest, type SyncRequest
} from './hook-requests.ts'
import { removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

const name = uniqueName()
/** As the engine would send it for a ready Tenant. */
let valid: SyncRequest
let validResponse: HookResponse

beforeAll(async () => {
  await client().create(tenantManifest(name, { admins: [{ kind: 'User', name: 'ada@acme.example' }] }))
  await waitForReady({ name })
  valid = await syncRequestOf({ name, namespace: `tenant-${name}-shop` })
  validResponse = await callHook({ body: valid })
  expect(validResponse.code).toBe(200)
  expect(identities(validResponse.body['children'])).toEqual(identities(valid.children))
})

afterAll(() => removeTenant(name))

/** The hook keeps no state: it responds to the valid request as before. */
async function expectValidResponse (): Promise<void> {
  expect(await callHook({ body: valid })).toEqual(validResponse)
}

type Change = (request: SyncRequest) => unknown

/** The valid request as JSON, with a part replaced by text that no object serializes to. */
const withText = (part: string, replacement: string) => JSON.stringify(valid).replaceAll(part, replacement)
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('an invalid request is refused', () => {
  const refused: Array<[it: string, code: number, message: RegExp, request: () => HookRequest]> = [
    ['no body', 400, /body/i, () => ({})],
    ['an empty body', 400, /empty/i, () => ({ body: '' })],
    ['text that is not JSON', 400, /JSON/i, () => ({ body: 'children: none' })],
    ['truncated JSON', 400, /JSON/i, () => ({ body: JSON.stringify(valid).slice(0, -100) })],
    ['a number', 400, /object/i, () => ({ body: '3' })],
    ['a list', 400, /object|parent/i, () => ({ body: '[]' })],
    ['null', 400, /object/i, () => ({ body: 'null' })],
    ['an empty object', 400, /parent/, () => ({ body: {} })],
    ['a NUL byte', 400, /JSON/i, () => ({ body: Buffer.concat([Buffer.from(JSON.stringify(valid)), Buffer.from([0])]) })],
    ['no parent', 400, /parent/, () => ({ body: { ...valid, parent: undefined } })],
    ['a parent of another kind', 400, /parent/, () => ({ body: { ...valid, parent: { ...valid.parent, kind: 'Deployment' } } })],
    [
      'a parent of another version', 400, /parent/,
      () => ({ body: { ...valid, parent: { ...valid.parent, apiVersion: 'k8s-mtp.dev/v9' } } })
    ],
    [
      'a parent without a uid', 400, /uid/,
      () => ({ body: { ...valid, parent: { ...valid.parent, metadata: { ...valid.parent.metadata, uid: undefined } } } })
    ],
    [
      'a generation that is text', 400, /generation/,
      () => ({ body: { ...valid, parent: { ...valid.parent, metadata: { ...valid.parent.metadata, generation: '1' } } } })
    ],
    [
      'labels that are numbers', 400, /labels/,
      () => ({ body: { ...valid, parent: { ...valid.parent, metadata: { ...valid.parent.metadata, labels: { a: 1 } } } } })
    ],
    ['no children', 400, /children/, () => ({ body: { ...valid, children: undefined } })],
    ['null for children', 400, /children/, () => ({ body: { ...valid, children: null } })],
    ['a list of children', 400, /children/, () => ({ body: { ...valid, children: Object.values(valid.children) } })],
    [
      'a child that is text', 400, /children/,
      () => ({ body: { ...valid, children: { ...valid.children, 'Role.rbac.authorization.k8s.io/v1': { a: 'b' } } } })
    ],
    [
      'a child without a name', 400, /name/,
      () => ({
        body: {
          ...valid,
          children: { ...valid.children, 'ConfigMap.v1': { a: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} } } }
        }
      })
    ],
    ['related objects that are a list', 400, /related/, () => ({ body: { ...valid, related: [] } })],
    ['another content type', 415, /media type/i, () => ({ body: JSON.stringify(valid), contentType: 'application/yaml' })],
    ['no content type', 415, /media type/i, () => ({ body: JSON.stringify(valid), contentType: '' })],
    ['an unknown path', 404, /not found/i, () => ({ body: valid, path: '/finalize' })],
    ['a GET request', 404, /not found/i, () => ({ method: 'GET' })],
    ['a PUT request', 404, /not found/i, () => ({ method: 'PUT', body: valid })]
  ]

  test.each(refused)('%s: %i, with a message', async (_, code, message, request) => {
    const response = await callHook(request())
    expect(response).toMatchObject({ code, body: { statusCode: code, error: expect.any(String), message: expect.stringMatching(message) } })
    await expectValidResponse()
  })

  test('20 MB: 413, with a message, before the body is sent', async () => {
    expect(await announceBody(20 * 1024 * 1024)).toMatchObject({ code: 413, body: { message: expect.stringContaining('large') } })
    await expectValidResponse()
  })

  test('at /customize too', async () => {
    expect(await callHook({ path: '/customize', body: { parent: {} } })).toMatchObject({
      code: 400, body: { message: expect.stringContaining('parent') }
    })
  })
})

const spec = (change: object): Change =>
  request => ({ ...request, parent: { ...request.parent, spec: { name: 'shop', className: 'default', ...change } } })
const classes = (change: (object: KubeObject) => unknown): Change => request => ({
  ...request,
  related: {
    ...request.related,
    'TenantClass.k8s-mtp.dev/v1': Object.fromEntries(
      Object.entries(request.related['TenantClass.k8s-mtp.dev/v1'] ?? {}).map(([name, object]) => [name, change(object)])
    )
  }
})

describe('a request with invalid input puts the Tenant on hold: the response has all observed children', () => {
  const onHold: Array<[it: string, reason: string, change: Change]> = [
    ['no related objects', 'EngineMisconfigured', request => ({ ...request, related: undefined })],
    ['null for related objects', 'EngineMisconfigured', request => ({ ...request, related: null })],
    [
      'no related namespaces', 'EngineMisconfigured',
      request => ({ ...request, related: { ...request.related, 'Namespace.v1': undefined } })
    ],
    ['no related classes', 'EngineMisconfigured', request => ({ ...request, related: { 'Namespace.v1': {} } })],
    [
      'a kind of children missing', 'EngineMisconfigured',
      request => ({ ...request, children: { ...request.children, 'Role.rbac.authorization.k8s.io/v1': undefined } })
    ],
    ['no class at all', 'ClassNotFound', request => ({ ...request, related: { ...request.related, 'TenantClass.k8s-mtp.dev/v1': {} } })],
    ['a class without a spec', 'ClassInvalid', classes(({ spec, ...object }) => object)],
    [
      'a class with wrong types', 'ClassInvalid',
      classes(object => ({ ...object, spec: { ...object.spec as object, quotas: [], roles: 'all' } }))
    ],
    ['no spec', 'SpecInvalid', request => ({ ...request, parent: { ...request.parent, spec: undefined } })],
    ['a spec that is text', 'SpecInvalid', request => ({ ...request, parent: { ...request.parent, spec: 'shop' } })],
    ['a name that is a number', 'SpecInvalid', spec({ name: 3 })],
    ['admins that are text', 'SpecInvalid', spec({ admins: 'ada' })],
    ['a subject that is null', 'SpecInvalid', spec({ admins: [null] })],
    ['a subject that includes all users', 'SpecInvalid', spec({ admins: [{ kind: 'Group', name: 'system:authenticated' }] })],
    ['quotas that are a list', 'SpecInvalid', spec({ quotas: [1, 2] })],
    ['a label of k8s-mtp', 'SpecInvalid', spec({ labels: { 'k8s-mtp.dev/tenant': 'globex' } })],
    ['an annotation of a tool that prunes', 'SpecInvalid', spec({ annotations: { 'argocd.argoproj.io/tracking-id': 'x' } })],
    ['a label that the class does not allow', 'OverrideNotAllowed', spec({ labels: { 'cost.example/unit': 'x' } })],
    ['a class named constructor', 'ClassNotFound', spec({ className: 'constructor' })],
    ['a class named __proto__', 'ClassNotFound', spec({ className: '__proto__' })],
    [
      'an override named like a property of every object', 'SpecInvalid',
      spec({ quotas: { constructor: { name: '1', length: 2 }, 'tenant-quota': { constructor: '1' } } })
    ]
  ]

  test.each(onHold)('%s: %s', async (_, reason, change) => {
    const request = change(structuredClone(valid)) as SyncRequest
    const { code, body } = await callHook({ body: request })
    expect(code).toBe(200)
    expect(identities(body['children'])).toEqual(identities(request.children))
    expect(body['status']).toMatchObject({
      phase: 'Blocked',
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Ready', status: 'False', reason, message: expect.stringMatching(/.{20}/) })
      ])
    })
    await expectValidResponse()
  })
})

describe('an unusual request gets a response with all observed children', () => {
  const labelled = (labels: Record<string, string>): Change =>
    request => ({ ...request, parent: { ...request.parent, metadata: { ...request.parent.metadata, labels } } })
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more', namespace: 'elsewhere' }, data: { precious: 'yes' } }
  const unusual: Array<[it: string, change: Change]> = [
    [
      'children of an unmanaged kind',
      request => ({ ...request, children: { ...request.children, 'ConfigMap.v1': { 'elsewhere/more': configMap } } })
    ],
    [
      'children of a kind named constructor',
      request => ({ ...request, children: { ...request.children, constructor: { 'elsewhere/more': configMap } } })
    ],
    ['the same subject twice', spec({ admins: [{ kind: 'User', name: 'ada' }, { kind: 'User', name: 'ada' }] })],
    ['a subject named constructor', spec({ admins: [{ kind: 'User', name: 'constructor' }, { kind: 'User', name: '__proto__' }] })],
    ['labels named like properties of every object', labelled({ constructor: 'x', toString: 'y', hasOwnProperty: 'z' })],
    ['unknown fields', request => ({ ...request, more: { than: 'expected' } })],
    [
      'a Tenant whose name differs from that in its children',
      request => ({ ...request, parent: { ...request.parent, metadata: { ...request.parent.metadata, name: 'other' } } })
    ],
    ['a status that is text', request => ({ ...request, parent: { ...request.parent, status: 'fine' } })],
    [
      'conditions that are numbers',
      request => ({
        ...request,
        parent: { ...request.parent, status: { conditions: [1, null, { type: 'Ready', lastTransitionTime: 3 }] } }
      })
    ]
  ]

  test.each(unusual)('%s', async (_, change) => {
    const request = change(structuredClone(valid)) as SyncRequest
    const { code, body } = await callHook({ body: request })
    expect(code).toBe(200)
    expect(identities(body['children'])).toEqual(expect.arrayContaining(identities(request.children)))
    await expectValidResponse()
  })

  const texts: Array<[it: string, text: () => string | Buffer]> = [
    ['__proto__ beside the parent', () => withText('"finalizing":', '"__proto__":{"polluted":true},"finalizing":')],
    [
      '__proto__ among the labels',
      () => withText('"app.kubernetes.io/managed-by":', '"__proto__":"polluted","app.kubernetes.io/managed-by":')
    ],
    ['__proto__ in the spec', () => withText('"className":', '"__proto__":{"paused":true},"className":')],
    ['__proto__ as a kind of children', () => withText('"children":{', '"children":{"__proto__":{},')],
    ['a constructor with a prototype', () => withText('"finalizing":', '"constructor":{"prototype":{"polluted":true}},"finalizing":')],
    [
      'bytes that are not UTF-8',
      () => Buffer.concat([Buffer.from('{"more":"'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from(`",${JSON.stringify(valid).slice(1)}`)])
    ],
    ['a NUL in a name', () => withText('"name":"ada@acme.example"', '"name":"ada\\u0000@acme.example"')],
    ['an unpaired surrogate in a name', () => withText('"name":"ada@acme.example"', '"name":"ada\\ud800"')],
    ['the same key twice', () => withText('"finalizing":', '"children":null,"finalizing":')],
    ['lists nested 1,000 deep', () => withText('"finalizing":', `"more":${nested(1_000)},"finalizing":`)],
    ['lists nested 100,000 deep in the request', () => withText('"finalizing":', `"more":${nested(100_000)},"finalizing":`)],
    ['lists nested 100,000 deep in the spec', () => withText('"className":', `"more":${nested(100_000)},"className":`)],
    ['lists nested 100,000 deep in a child', () => withText('"podSelector":', `"more":${nested(100_000)},"podSelector":`)]
  ]

  test.each(texts)('%s: a response, or a refusal with a message', async (_, text) => {
    const { code, body } = await callHook({ body: text() })
    const { children, message } = body
    if (code === 200) expect(identities(children)).toEqual(identities(valid.children))
    else {
      expect({ code, message }).toEqual({
        code: expect.toSatisfy((code: number) => code >= 400 && code < 500), message: expect.stringMatching(/.{10}/)
      })
    }
    expect(isRecord(body)).toBe(true)
    await expectValidResponse()
  })
})
