import { describe, expect, it, test } from 'vitest'
import { formatPath, formatViolation } from '../../src/api/validation/checker.ts'
import {
  defaultedLimitRangeItem,
  validateLimitRange,
  validateLimitRangeItem,
  type LimitRangeItem
} from '../../src/kubernetes/limit-range-items.ts'
import fixture from '../fixtures/limit-range-items.json' with { type: 'json' }

interface Recorded {
  item: LimitRangeItem
  stored: LimitRangeItem | null
  because?: string
}
const recorded = fixture.cases as Recorded[] // JSON knows no literal types

/** Accepted by the API server, and refused here: they have no effect, or another one. */
const meaningless: LimitRangeItem[] = [
  { type: 'Container', max: { cpu: '-1' } },
  { type: 'Container', min: { cpu: '-1' } },
  { type: 'Container', max: { memory: '1000E' } },
  { type: 'PersistentVolumeClaim', max: { storage: '10Gi', cpu: '1' } },
  { type: 'PersistentVolumeClaim', max: { storage: '10Gi', pods: '1' } },
  { type: 'PersistentVolumeClaim', max: { storage: '10Gi', 'x.y/z': '1' } }
]

describe('defaultedLimitRangeItem', () => {
  it('returns what a real API server stores, for every recorded item', () => {
    const isWrong = ({ item, stored }: Recorded) =>
      stored !== null && JSON.stringify(sorted(defaultedLimitRangeItem(item))) !== JSON.stringify(sorted(stored))
    const wrong = recorded.filter(isWrong)
    expect(wrong).toEqual([])
  })

  it('is idempotent', () => {
    const stored = recorded.flatMap(({ stored }) => stored ?? [])
    expect(stored.map(defaultedLimitRangeItem)).toEqual(stored)
  })

  test.each<[string, LimitRangeItem, LimitRangeItem]>([
    [
      'takes the default limit from max, and the default request from that',
      { type: 'Container', max: { cpu: 2 } },
      { type: 'Container', max: { cpu: '2' }, default: { cpu: '2' }, defaultRequest: { cpu: '2' } }
    ],
    [
      'takes the default request from the default limit before min',
      { type: 'Container', min: { cpu: '100m' }, default: { cpu: '1' } },
      { type: 'Container', min: { cpu: '100m' }, default: { cpu: '1' }, defaultRequest: { cpu: '1' } }
    ],
    [
      'takes the default request from min where no other field is set',
      { type: 'Container', min: { cpu: '0.1' } },
      { type: 'Container', min: { cpu: '100m' }, defaultRequest: { cpu: '100m' } }
    ],
    ['sets no defaults for pods', { type: 'Pod', max: { memory: '1024Mi' } }, { type: 'Pod', max: { memory: '1Gi' } }],
    [
      'sets no defaults for volume claims',
      { type: 'PersistentVolumeClaim', max: { storage: '1024Gi' } },
      { type: 'PersistentVolumeClaim', max: { storage: '1Ti' } }
    ],
    ['drops empty fields', { type: 'Container', max: {}, default: {} }, { type: 'Container' }]
  ])('%s', (_, item, stored) => {
    expect(defaultedLimitRangeItem(item)).toEqual(stored)
  })
})

describe('validateLimitRangeItem', () => {
  it('refuses all items that the API server refuses', () => {
    const missed = recorded.filter(({ item, stored }) => stored === null && validateLimitRangeItem(item).length === 0)
    expect(missed).toEqual([])
  })

  it('accepts all items that the API server accepts, except those without an effect', () => {
    const stricter = recorded.filter(({ item, stored }) => stored !== null && validateLimitRangeItem(item).length > 0)
    expect(stricter.map(({ item }) => item)).toEqual(meaningless)
  })

  test.each<[LimitRangeItem, string, string]>([
    [
      { type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } },
      'min.cpu',
      '2 exceeds max.cpu 1. Lower it, or raise max.cpu'
    ],
    [
      { type: 'Container', default: { cpu: 'x' } },
      'default.cpu',
      '"x" is not a quantity. Write it like 500m, 2 or 1Gi'
    ],
    [
      { type: 'Pod', default: { cpu: '1' } },
      'default',
      'is not allowed in items of type Pod. Move it to an item of type Container'
    ],
    [
      { type: 'PersistentVolumeClaim', default: { storage: '1Gi' } },
      'max',
      'an item of type PersistentVolumeClaim needs max.storage or min.storage. Add one'
    ],
    [
      { type: 'Container', max: { cpu: '2' }, min: { cpu: '1' }, maxLimitRequestRatio: { cpu: '3' } },
      'maxLimitRequestRatio.cpu',
      'exceeds max.cpu divided by min.cpu. Lower or remove it'
    ],
    [
      { type: 'Container', maxLimitRequestRatio: { cpu: '0.5' } },
      'maxLimitRequestRatio.cpu',
      'is below 1, and a limit is never below its request. Raise it'
    ]
  ])('has one message for %j', (item, path, message) => {
    expect(validateLimitRangeItem(item).map(formatViolation)).toEqual([`${path}: ${message}`])
  })
})

describe('validateLimitRange', () => {
  it('refuses a second item of one type, as the API server does', () => {
    expect(validateLimitRange([
      { type: 'Container' },
      { type: 'Pod' },
      { type: 'Container' }
    ]).map(formatViolation)).toEqual([
      'limits[2].type: repeats the type Container. Merge the two items'
    ])
  })

  it('has the index of the invalid item in its path', () => {
    expect(validateLimitRange([
      { type: 'Container' },
      { type: 'Pod', max: { cpu: 'x' } }
    ]).map(({ path }) => formatPath(path))).toEqual(['limits[1].max.cpu'])
  })
})

function sorted (value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([key, inner]) => [key, sorted(inner)]))
}
