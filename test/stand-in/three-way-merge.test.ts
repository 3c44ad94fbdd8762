import { describe, expect, test } from 'vitest'
import { merge } from './three-way-merge.ts'

const [ada, eve, bob] = ['ada', 'eve', 'bob'].map(name => ({ kind: 'User', name }))

describe('dynamic-apply merges the observed, the last applied and the desired state', () => {
  test.each([
    {
      title: 'keeps an unmanaged field',
      observed: { a: 1, unmanaged: 1 },
      last: { a: 1 },
      desired: { a: 2 },
      merged: { a: 2, unmanaged: 1 }
    },
    {
      title: 'removes an applied field that is no longer desired',
      observed: { a: 1, b: 1 },
      last: { a: 1, b: 1 },
      desired: { a: 1 },
      merged: { a: 1 }
    },
    {
      title: 'removes an unmanaged field that was adopted once',
      observed: { hard: { pods: '9', x: '1' } },
      last: { hard: { pods: '9', x: '1' } },
      desired: { hard: { pods: '9' } },
      merged: { hard: { pods: '9' } }
    },
    {
      title: 'keeps a subject that was added manually',
      observed: [ada, eve],
      last: [ada],
      desired: [ada],
      merged: [ada, eve]
    },
    {
      title: 'removes an applied subject, and appends a new one',
      observed: [ada, eve],
      last: [ada, eve],
      desired: [bob, ada],
      merged: [ada, bob]
    },
    {
      title: 'merges two subjects of one name into the last one',
      observed: [{ kind: 'User', name: 'ops' }, { kind: 'Group', name: 'ops' }],
      last: [],
      desired: [{ kind: 'User', name: 'ops' }, { kind: 'Group', name: 'ops' }],
      merged: [{ kind: 'Group', name: 'ops' }, { kind: 'Group', name: 'ops' }]
    },
    {
      title: 'replaces rules, which have no merge key',
      observed: [{ verbs: ['get'] }, { verbs: ['*'] }],
      last: [{ verbs: ['get'] }],
      desired: [{ verbs: ['get'] }],
      merged: [{ verbs: ['get'] }]
    },
    {
      title: 'replaces a list where one item lacks the merge key',
      observed: [{ name: 'a' }, { other: 'b' }],
      last: [],
      desired: [{ name: 'c' }],
      merged: [{ name: 'c' }]
    },
    {
      title: 'merges by port before name, even by a number',
      observed: [{ port: 80, name: 'x' }],
      last: [],
      desired: [{ port: 80, name: 'y' }],
      merged: [{ port: 80, name: 'y' }]
    },
    { title: 'replaces lists of scalars', observed: ['a', 'b'], last: ['a'], desired: ['a'], merged: ['a'] },
    {
      title: 'replaces a list without a merge key by an empty one',
      observed: ['a'],
      last: ['a'],
      desired: [],
      merged: []
    },
    {
      title: 'keeps an object where a scalar is desired',
      observed: { a: { b: 1 } },
      last: {},
      desired: { a: 'x' },
      merged: { a: { b: 1 } }
    },
    {
      title: 'returns null where a scalar is desired for a list',
      observed: { a: ['b'] },
      last: {},
      desired: { a: 'x' },
      merged: { a: null }
    },
    {
      title: 'replaces a scalar by an object',
      observed: { a: 'x' },
      last: {},
      desired: { a: { b: 1 } },
      merged: { a: { b: 1 } }
    },
    {
      title: 'keeps everything without a last applied state',
      observed: { a: 1 },
      last: undefined,
      desired: { b: 1 },
      merged: { a: 1, b: 1 }
    }
  ])('$title', ({ observed, last, desired, merged }) => {
    expect(merge(observed, last, desired)).toEqual(merged)
  })
})
