import { describe, expect, test } from 'vitest'
import { merge } from './three-way-merge.ts'

const [ada, eve, bob] = ['ada', 'eve', 'bob'].map(name => ({ kind: 'User', name }))

describe('dynamic-apply merges what is observed, what was applied last and what is desired', () => {
  test.each([
    {
      title: 'what was never applied stays',
      observed: { a: 1, foreign: 1 },
      last: { a: 1 },
      desired: { a: 2 },
      merged: { a: 2, foreign: 1 }
    },
    {
      title: 'what was applied and is no longer desired goes',
      observed: { a: 1, b: 1 },
      last: { a: 1, b: 1 },
      desired: { a: 1 },
      merged: { a: 1 }
    },
    {
      title: 'a foreign field that was echoed once goes when it is dropped',
      observed: { hard: { pods: '9', x: '1' } },
      last: { hard: { pods: '9', x: '1' } },
      desired: { hard: { pods: '9' } },
      merged: { hard: { pods: '9' } }
    },
    {
      title: 'a subject that was added by hand stays',
      observed: [ada, eve],
      last: [ada],
      desired: [ada],
      merged: [ada, eve]
    },
    {
      title: 'a subject that was applied goes, and a new one comes last',
      observed: [ada, eve],
      last: [ada, eve],
      desired: [bob, ada],
      merged: [ada, bob]
    },
    {
      title: 'of two subjects of one name the last stands for both',
      observed: [{ kind: 'User', name: 'ops' }, { kind: 'Group', name: 'ops' }],
      last: [],
      desired: [{ kind: 'User', name: 'ops' }, { kind: 'Group', name: 'ops' }],
      merged: [{ kind: 'Group', name: 'ops' }, { kind: 'Group', name: 'ops' }]
    },
    {
      title: 'rules have no key, so they are replaced',
      observed: [{ verbs: ['get'] }, { verbs: ['*'] }],
      last: [{ verbs: ['get'] }],
      desired: [{ verbs: ['get'] }],
      merged: [{ verbs: ['get'] }]
    },
    {
      title: 'a key that one item lacks is none',
      observed: [{ name: 'a' }, { other: 'b' }],
      last: [],
      desired: [{ name: 'c' }],
      merged: [{ name: 'c' }]
    },
    {
      title: 'the port comes before the name, also as a number',
      observed: [{ port: 80, name: 'x' }],
      last: [],
      desired: [{ port: 80, name: 'y' }],
      merged: [{ port: 80, name: 'y' }]
    },
    { title: 'lists of scalars are replaced', observed: ['a', 'b'], last: ['a'], desired: ['a'], merged: ['a'] },
    { title: 'an empty list replaces a list without a key', observed: ['a'], last: ['a'], desired: [], merged: [] },
    { title: 'a scalar in place of an object changes nothing', observed: { a: { b: 1 } }, last: {}, desired: { a: 'x' }, merged: { a: { b: 1 } } },
    { title: 'a scalar in place of a list gives null', observed: { a: ['b'] }, last: {}, desired: { a: 'x' }, merged: { a: null } },
    { title: 'an object in place of a scalar is taken', observed: { a: 'x' }, last: {}, desired: { a: { b: 1 } }, merged: { a: { b: 1 } } },
    { title: 'without anything applied all stays', observed: { a: 1 }, last: undefined, desired: { b: 1 }, merged: { a: 1, b: 1 } }
  ])('$title', ({ observed, last, desired, merged }) => {
    expect(merge(observed, last, desired)).toEqual(merged)
  })
})
