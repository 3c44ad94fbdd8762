import { describe, expect, it } from 'vitest'
import { differencesBetween, fieldsAt, isFields, mergeFields, type Fields } from '../../src/kubernetes/json.ts'

const withProto = JSON.parse('{"__proto__":{"a":1}}') as Fields

describe('isFields', () => {
  it.each<[unknown, boolean]>([
    [{}, true],
    [{ a: 1 }, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    ['a', false],
    [1, false],
    [undefined, false]
  ])('%j: %s', (value, expected) => {
    expect(isFields(value)).toBe(expected)
  })
})

describe('fieldsAt', () => {
  it.each<[string, Fields, string, Fields]>([
    ['returns the object at a field', { a: { b: 1 } }, 'a', { b: 1 }],
    ['is empty where the field is absent', {}, 'a', {}],
    ['is empty where the field is null', { a: null }, 'a', {}],
    ['is empty where the field is a list', { a: [{ b: 1 }] }, 'a', {}],
    ['is empty where the field is text', { a: 'b' }, 'a', {}],
    ['does not read an inherited field', {}, '__proto__', {}],
    ['does not read an inherited function', {}, 'constructor', {}],
    ['reads a field named __proto__', withProto, '__proto__', { a: 1 }]
  ])('%s', (_, fields, field, expected) => {
    expect(fieldsAt(fields, field)).toEqual(expected)
  })
})

describe('mergeFields', () => {
  it.each<[string, Fields, Fields, Fields]>([
    ['keeps the fields of both', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    ['merges objects recursively', { a: { b: { c: 1 } } }, { a: { b: { d: 2 } } }, { a: { b: { c: 1, d: 2 } } }],
    ['prefers the second value', { a: 1 }, { a: 2 }, { a: 2 }],
    ['replaces a list as a whole', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['replaces an object by a list', { a: { b: 1 } }, { a: [] }, { a: [] }],
    ['replaces a list by an object', { a: [] }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['does not merge into an inherited field', {}, { constructor: { a: 1 } }, { constructor: { a: 1 } }]
  ])('%s', (_, a, b, expected) => {
    expect(mergeFields(a, b)).toEqual(expected)
  })

  it('keeps a field named __proto__ as a field', () => {
    const merged = mergeFields({ a: 1 }, withProto)
    expect(Object.keys(merged)).toEqual(['a', '__proto__'])
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
  })

  it('changes neither argument', () => {
    const [a, b] = [{ a: { b: 1 } }, { a: { c: 2 } }]
    mergeFields(a, b)
    expect([a, b]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }])
  })
})

describe('differencesBetween', () => {
  const paths = (from: unknown, to: unknown) => differencesBetween(from, to).map(({ path }) => path.join('.'))

  it.each<[string, unknown, unknown, string[]]>([
    ['is empty for equal objects in another order of fields', { a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }, []],
    [
      'lists each field that differs, sorted',
      { z: 1, a: { c: 1, b: 1 } },
      { z: 2, a: { b: 2, c: 2 } },
      ['a.b', 'a.c', 'z']
    ],
    ['lists a field that was removed', { a: 1 }, {}, ['a']],
    ['lists a field that was added', {}, { a: { b: 1 } }, ['a']],
    ['takes an undefined field for an absent one', { a: undefined }, {}, []],
    ['tells null from absent', { a: null }, {}, ['a']],
    ['tells a number from text', { a: 1 }, { a: '1' }, ['a']],
    ['counts a list as one field', { a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }, { b: 3 }] }, ['a']],
    ['respects the order of a list', { a: [1, 2] }, { a: [2, 1] }, ['a']],
    [
      'compares objects in lists whatever the order of their fields',
      { a: [{ b: 1, c: 2 }] },
      { a: [{ c: 2, b: 1 }] },
      []
    ],
    ['lists an object that became a list', { a: { b: 1 } }, { a: [1] }, ['a']],
    ['lists a field that is called constructor', {}, { constructor: { pods: '1' } }, ['constructor']],
    ['lists a field that is called toString', { toString: 'a' }, {}, ['toString']]
  ])('%s', (_, from, to, expected) => {
    expect(paths(from, to)).toEqual(expected)
  })

  it('returns both values, and undefined for an absent one', () => {
    expect(differencesBetween({ a: { b: 1 } }, { a: { c: [2] } })).toEqual([
      { path: ['a', 'b'], from: 1, to: undefined },
      { path: ['a', 'c'], from: undefined, to: [2] }
    ])
  })
})
