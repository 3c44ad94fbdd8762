import { describe, expect, test } from 'vitest'
import { mapOf } from './object-map.ts'
import { limitRanges, namespace, namespaces, role, tenant } from './samples.ts'
import { parseCustomizeResponse, parseSyncResponse, syncRequest } from './wire.ts'

describe('a request', () => {
  const children = mapOf([role(), namespace(), role({ name: 'a' })], [limitRanges, namespaces])
  const request = { controller: tenant, parent: tenant }

  test('has an entry for each kind, sorted, and each child under its namespace and name', () => {
    const { children: sent, finalizing } = syncRequest(request, children, mapOf([]), 'v2')
    expect(Object.entries(sent).map(([kind, objects]) => [kind, Object.keys(Object(objects))])).toEqual([
      ['LimitRange.v1', []], ['Namespace.v1', ['shop']], ['Role.rbac.authorization.k8s.io/v1', ['shop/a', 'shop/admin']]
    ])
    expect(finalizing).toBe(false)
  })

  test('of version 1 has the children of a namespaced parent under their names', () => {
    const parent = { ...tenant, metadata: { ...tenant.metadata, namespace: 'shop' } }
    const { children: sent } = syncRequest({ ...request, parent }, mapOf([role()]), mapOf([]), 'v1')
    expect(sent).toEqual({ 'Role.rbac.authorization.k8s.io/v1': { admin: role() } })
  })
})

describe('a response', () => {
  test('may be empty', () => {
    expect(parseSyncResponse('{}', true)).toEqual({ status: {}, children: [], resyncAfterSeconds: 0 })
    expect(parseSyncResponse('{"status":null,"children":null,"resyncAfterSeconds":null,"finalized":null}', true).children)
      .toEqual([])
    expect(parseCustomizeResponse('{}', true)).toEqual([])
    expect(parseSyncResponse('null', true)).toEqual({ status: {}, children: [], resyncAfterSeconds: 0 })
    expect(parseCustomizeResponse('null', true)).toEqual([])
  })

  test.each([
    ['no JSON', ''],
    ['a list', '[]'],
    ['an unknown field', '{"attachments":[]}'],
    ['children that are no list', '{"children":{}}'],
    ['a child without a kind', '{"children":[{"metadata":{"name":"x"}}]}'],
    ['a status that is no object', '{"status":"fine"}'],
    ['text for seconds', '{"resyncAfterSeconds":"1"}'],
    ['text for finalized', '{"finalized":"yes"}']
  ])('is refused for %s', (_, text) => {
    expect(() => parseSyncResponse(text, true)).toThrow()
  })

  test('may have unknown fields where the decoding is loose', () => {
    expect(parseSyncResponse('{"attachments":[]}', false).children).toEqual([])
    expect(() => parseCustomizeResponse('{"relatedResources":[{"apiVersion":"v1","resource":"pods","kind":"Pod"}]}', true))
      .toThrow('kind')
    expect(parseCustomizeResponse('{"relatedResources":[{"apiVersion":"v1","resource":"pods","kind":"Pod"}]}', false))
      .toHaveLength(1)
  })
})
