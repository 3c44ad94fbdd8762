import { expect, test } from 'vitest'
import { desiredChildren, selectorOf } from './desired.ts'
import { orderedKinds } from './object-map.ts'
import { role, selected, tenant } from './samples.ts'

const children = (...list: Parameters<typeof desiredChildren>[1]) =>
  orderedKinds(desiredChildren(tenant, list, true)).flatMap(({ objects }) => [...objects.values()])

test('children get the label of their parent', () => {
  expect(children(role({ labels: { by: 'us' } }))).toEqual([role({ labels: { ...selected, by: 'us' } })])
})

test('a child with the label of another parent fails the whole response', () => {
  expect(() => children(role(), role({
    name: 'other',
    labels: { 'controller-uid': 'another' }
  }))).toThrow('Role shop/other')
})

test('of two children of one name the last is applied', () => {
  expect(children(role({}, ['first']), role({}, ['last']))).toMatchObject([{ rules: ['last'] }])
})

test('children of a namespaced parent get its namespace', () => {
  const parent = { ...tenant, metadata: { ...tenant.metadata, namespace: 'team' } }
  const { namespace: _, ...metadata } = role().metadata
  expect(orderedKinds(desiredChildren(parent, [{ ...role(), metadata }], true))[0]?.objects.has('team/admin'))
    .toBe(true)
})

test('without a generated selector the parent needs its own', () => {
  const spec = { selector: { matchLabels: { app: 'x' } } }
  expect(selectorOf({ ...tenant, spec }, false)).toEqual(spec.selector)
  expect(() => selectorOf(tenant, false)).toThrow('spec.selector')
})
