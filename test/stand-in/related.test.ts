import { describe, expect, test } from 'vitest'
import { isRelated } from './related.ts'
import { namespace, role, tenant } from './samples.ts'

const context = {
  version: 'v2' as const,
  parent: tenant,
  namespaceLabels: (name: string) => name === 'shop' ? { tier: 'gold' } : undefined
}
const rule = { apiVersion: 'v1', resource: 'things' }

describe('a related rule', () => {
  test.each([
    { title: 'matches all objects by default', more: {}, object: role(), related: true },
    { title: 'matches a name', more: { names: ['admin'] }, object: role(), related: true },
    { title: 'does not match another name', more: { names: ['viewer'] }, object: role(), related: false },
    { title: 'does not match another namespace', more: { namespace: 'other' }, object: role(), related: false },
    {
      title: 'matches a cluster-scoped object whatever its namespace',
      more: { namespace: 'other' },
      object: namespace(),
      related: true
    },
    {
      title: 'matches labels',
      more: { labelSelector: { matchLabels: { a: 'b' } } },
      object: role({ labels: { a: 'b' } }),
      related: true
    },
    {
      title: 'does not match other labels',
      more: { labelSelector: { matchLabels: { a: 'b' } } },
      object: role(),
      related: false
    },
    {
      title: 'matches a missing label',
      more: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } },
      object: role(),
      related: true
    },
    {
      title: 'matches values of a label',
      more: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } },
      object: role({ labels: { a: 'b' } }),
      related: true
    },
    {
      title: 'does not match excluded values of a label',
      more: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] } },
      object: role({ labels: { a: 'b' } }),
      related: false
    },
    {
      title: 'matches namespaces by their labels',
      more: { namespaceSelector: { matchLabels: { tier: 'gold' } } },
      object: role(),
      related: true
    },
    {
      title: 'does not match a namespace that does not exist',
      more: { namespaceSelector: {} },
      object: role({ namespace: 'gone' }),
      related: false
    }
  ])('$title', ({ more, object, related }) => {
    expect(isRelated({ ...rule, ...more }, object, context)).toBe(related)
  })

  test.each([
    { title: 'names and labels', more: { names: ['a'], labelSelector: {} } },
    { title: 'a namespace and labels of namespaces', more: { namespace: 'a', namespaceSelector: {} } }
  ])('may not have $title', ({ more }) => {
    expect(() => isRelated({ ...rule, ...more }, role(), context)).toThrow('a related rule has')
  })
})
