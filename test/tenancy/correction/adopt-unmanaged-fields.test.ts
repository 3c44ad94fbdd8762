import { describe, expect, it } from 'vitest'
import { adoptUnmanagedFields } from '../../../src/tenancy/correction/adopt-unmanaged-fields.ts'
import type { Fields } from '../../../src/kubernetes/json.ts'

interface Case { desired: Fields, observed: Fields, applied?: Fields }
const ada = { kind: 'User', name: 'ada' }
const mallory = { kind: 'User', name: 'mallory' }

describe('adopting unmanaged fields', () => {
  it.each<[string, Case, Fields]>([
    ['returns the desired fields', { desired: { a: 1 }, observed: {} }, { a: 1 }],
    ['returns a desired field with its desired value', { desired: { a: 1 }, observed: { a: 2 } }, { a: 1 }],
    [
      'returns an unmanaged field with its observed value',
      { desired: { a: 1 }, observed: { a: 1, b: { c: 2 } } },
      { a: 1, b: { c: 2 } }
    ],
    [
      'leaves a field out once it is recorded, so that the engine removes it',
      { desired: { a: 1 }, observed: { a: 1, b: 2 }, applied: { b: 2 } },
      { a: 1 }
    ],
    [
      'does so deep in an object',
      {
        desired: { spec: { hard: { pods: '1' } } },
        observed: { spec: { hard: { pods: '1', services: '0', secrets: '0' }, scopes: [] } },
        applied: { spec: { hard: { secrets: '9' } } }
      },
      { spec: { hard: { pods: '1', services: '0' }, scopes: [] } }
    ],
    ['replaces what became an object', { desired: { a: 1 }, observed: { a: { b: 2 } } }, { a: 1 }],
    ['replaces an object that became text', { desired: { a: { b: 2 } }, observed: { a: 'x' } }, { a: { b: 2 } }],
    [
      'adds an unmanaged item of a list that is merged by name',
      { desired: { subjects: [ada] }, observed: { subjects: [ada, mallory] } },
      { subjects: [ada, mallory] }
    ],
    [
      'leaves an item out once it is recorded',
      { desired: { subjects: [ada] }, observed: { subjects: [ada, mallory] }, applied: { subjects: [ada, mallory] } },
      { subjects: [ada] }
    ],
    [
      'takes an item of a declared name for the declared one',
      { desired: { subjects: [ada] }, observed: { subjects: [{ kind: 'Group', name: 'ada' }] } },
      { subjects: [ada] }
    ],
    [
      'returns an item that was added to an empty list',
      { desired: { subjects: [] }, observed: { subjects: [mallory] } },
      { subjects: [mallory] }
    ],
    ['returns an unmanaged list', { desired: {}, observed: { subjects: [mallory] } }, { subjects: [mallory] }],
    [
      'returns the declared item for all observed items of its name, and never leaves a list out',
      { desired: { subjects: [ada] }, observed: { subjects: [ada, { kind: 'Group', name: 'ada' }] } },
      { subjects: [ada] }
    ],
    [
      'empties the fields that another item of the name has',
      { desired: { subjects: [ada] }, observed: { subjects: [{ kind: 'ServiceAccount', name: 'ada', namespace: 'ci' }] } },
      { subjects: [{ ...ada, namespace: '' }] }
    ],
    [
      'adds unmanaged items of one name once',
      {
        desired: { subjects: [ada] },
        observed: { subjects: [mallory, { kind: 'ServiceAccount', name: 'mallory', namespace: 'ci' }] }
      },
      { subjects: [ada, { ...mallory, namespace: '' }] }
    ],
    [
      'replaces a list whose items have no names',
      { desired: { rules: [{ verbs: ['get'] }] }, observed: { rules: [{ verbs: ['*'] }, { verbs: ['get'] }] } },
      { rules: [{ verbs: ['get'] }] }
    ],
    [
      'replaces a list that is declared empty',
      { desired: { addresses: [] }, observed: { addresses: ['0.0.0.0/0'] } },
      { addresses: [] }
    ],
    ['returns an unmanaged list of texts', { desired: {}, observed: { a: ['x'] } }, { a: ['x'] }],
    [
      'replaces a list of which one item has no name',
      { desired: { subjects: [ada] }, observed: { subjects: [ada, { kind: 'User' }] } },
      { subjects: [ada] }
    ],
    [
      'ignores a record of another shape',
      {
        desired: { subjects: [ada], a: {} },
        observed: { subjects: [ada, mallory], a: { b: 1 } },
        applied: { subjects: 'x', a: [] }
      },
      { subjects: [ada, mallory], a: { b: 1 } }
    ],
    [
      'does not take an inherited field for a recorded one',
      { desired: {}, observed: { constructor: 'x' } as unknown as Fields },
      { constructor: 'x' } as unknown as Fields
    ]
  ])('%s', (_, { desired, observed, applied = {} }, expected) => {
    expect(adoptUnmanagedFields(desired, observed, applied)).toStrictEqual(expected)
  })
})
