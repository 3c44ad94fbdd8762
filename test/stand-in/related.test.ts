import { describe, expect, test } from 'vitest'
import { isRelated } from './related.ts'
import { namespace, role, tenant } from './samples.ts'

const context = {
  version: 'v2' as const,
  parent: tenant,
  namespaceLabels: (name: string) => name === 'shop' ? { tier: 'gold' } : undefined
}
const rule = { apiVersion: 'v1', resource: 'things' }

describe('a rule of the customize hook', () => {
  test.each([
    { title: 'without more asks for all', more: {}, object: role(), related: true },
    { title: 'asks for names', more: { names: ['admin'] }, object: role(), related: true },
    { title: 'asks for other names', more: { names: ['viewer'] }, object: role(), related: false },
    { title: 'asks for a namespace', more: { namespace: 'other' }, object: role(), related: false },
    { title: 'asks for a namespace of what has none', more: { namespace: 'other' }, object: namespace(), related: true },
    { title: 'asks for labels', more: { labelSelector: { matchLabels: { a: 'b' } } }, object: role({ labels: { a: 'b' } }), related: true },
    { title: 'asks for other labels', more: { labelSelector: { matchLabels: { a: 'b' } } }, object: role(), related: false },
    { title: 'asks for what lacks a label', more: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } }, object: role(), related: true },
    { title: 'asks for values of a label', more: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } }, object: role({ labels: { a: 'b' } }), related: true },
    { title: 'asks for other values of a label', more: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] } }, object: role({ labels: { a: 'b' } }), related: false },
    { title: 'asks for namespaces by their labels', more: { namespaceSelector: { matchLabels: { tier: 'gold' } } }, object: role(), related: true },
    { title: 'does not find a namespace', more: { namespaceSelector: {} }, object: role({ namespace: 'gone' }), related: false }
  ])('$title', ({ more, object, related }) => {
    expect(isRelated({ ...rule, ...more }, object, context)).toBe(related)
  })

  test.each([
    { title: 'names and labels', more: { names: ['a'], labelSelector: {} } },
    { title: 'a namespace and labels of namespaces', more: { namespace: 'a', namespaceSelector: {} } }
  ])('must not ask for $title', ({ more }) => {
    expect(() => isRelated({ ...rule, ...more }, role(), context)).toThrow('a related rule has')
  })
})
