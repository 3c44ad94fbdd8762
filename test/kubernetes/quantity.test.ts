import { describe, expect, it, test } from 'vitest'
import fc from 'fast-check'
import { canonicalQuantity, compareQuantities, parseQuantity, type Quantity } from '../../src/kubernetes/quantity.ts'
import { recordedQuantities } from '../fixtures/quantities.ts'

function quantity (text: string | number): Quantity {
  const parsed = parseQuantity(text)
  if (parsed === undefined) throw new Error(`${text} is not a quantity`)
  return parsed
}

describe('canonicalQuantity', () => {
  test.each([
    ['keeps a canonical quantity', '500m', '500m'],
    ['turns a number into a string', 20, '20'],
    ['turns thousandths that are a whole number into units', '1000m', '1'],
    ['turns a fraction into thousandths', '0.5', '500m'],
    ['takes the largest decimal suffix without a fraction', '1000000', '1M'],
    ['takes the largest binary suffix without a fraction', '1024Mi', '1Gi'],
    ['removes the fraction of a binary quantity by a smaller suffix', '1.5Gi', '1536Mi'],
    ['leaves plain numbers decimal', '1024', '1024'],
    ['keeps decimal and binary apart', '1000Mi', '1000Mi'],
    ['falls back to decimal below 1Ki', '0.5Ki', '512'],
    ['reads a binary quantity without a binary form a second time, as decimal', '1953.125Ki', '2M'],
    ['falls back to thousandths where a binary form would lose precision', '0.3Ki', '307200m'],
    ['rounds fractions of a thousandth up', '0.1m', '1m'],
    ['rounds negative amounts away from zero', '-0.0001', '-1m'],
    ['keeps an exponent', '1e3', '1e3'],
    ['moves an exponent to a multiple of three', '1e4', '10e3'],
    ['keeps leading zeros, as the API server does', '010', '010'],
    ['keeps a sign, as the API server does', '+5', '+5'],
    ['keeps trailing zeros of a fraction of three digits, as the API server does', '1.500', '1.500'],
    ['keeps a point without a fraction, as the API server does', '5.', '5.'],
    ['fills a missing whole part', '.5', '500m'],
    ['writes any zero as 0', '0.0Gi', '0'],
    ['reads a suffix alone as zero, as the API server does', 'm', '0'],
    ['caps binary quantities at 2^63-1', '9Ei', '9223372036854775807'],
    ['does not cap decimal quantities', '9223372036854775808', '9223372036854775808'],
    ['loses a suffix beyond E, as the API server does', '1000E', '1'],
    ['trims spaces', ' 5 ', '5']
  ])('%s: %s', (_, text, stored) => {
    expect(canonicalQuantity(text)).toBe(stored)
  })

  test.each([
    '',
    ' ',
    'abc',
    '1K',
    '1GB',
    '1Gib',
    '1.2.3',
    '--1',
    '1 Gi',
    '1e',
    '0x10',
    '1,5',
    '50%',
    NaN,
    Infinity
  ])('refuses %j', text => {
    expect(canonicalQuantity(text)).toBeUndefined()
  })

  test.each([
    '1e100000',
    '1e999999999',
    '1e-999999999',
    '1e99999999999999999999',
    '9'.repeat(1_000_000),
    '1' + '0'.repeat(1_000_000) + 'x',
    `x${' '.repeat(1_000_000)}x`
  ])('refuses quantities that are expensive to compute at once', text => {
    const started = performance.now()
    expect(canonicalQuantity(text)).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(100)
  })

  it('agrees with a real API server on every recorded input', () => {
    const wrong = recordedQuantities.filter(({ input, limitRange }) => (canonicalQuantity(input) ?? null) !== limitRange)
    expect(wrong).toEqual([])
    expect(recordedQuantities.length).toBeGreaterThan(800)
  })

  it('is the same in a ResourceQuota and in a LimitRange, except negative amounts, which a ResourceQuota refuses', () => {
    const different = recordedQuantities.filter(({ quota, limitRange }) => quota !== limitRange)
    expect(different.map(({ quota }) => quota)).toEqual(different.map(() => null))
    expect(different.every(({ input }) => quantity(input).milli < 0n)).toBe(true)
  })

  it('is stable: a stored quantity stays the same', () => {
    const stored = recordedQuantities.flatMap(({ limitRange }) => limitRange ?? [])
    expect(stored.map(canonicalQuantity)).toEqual(stored)
  })
})

const suffixes = ['', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'P', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'e3', 'e-3', 'E5']
const anyQuantity = fc.tuple(fc.stringMatching(/^[+-]?[0-9]{1,6}(\.[0-9]{0,4})?$/), fc.constantFrom(...suffixes))
  .map(parts => parts.join(''))

describe('properties', () => {
  test('canonicalQuantity changes no value and is idempotent', () => {
    fc.assert(fc.property(anyQuantity, text => {
      const canonical = canonicalQuantity(text) ?? ''
      expect(canonicalQuantity(canonical)).toBe(canonical)
      expect(compareQuantities(quantity(canonical), quantity(text))).toBe(0)
    }))
  })

  test('compareQuantities is antisymmetric', () => {
    fc.assert(fc.property(anyQuantity, anyQuantity, (a, b) => {
      expect(compareQuantities(quantity(a), quantity(b)) + compareQuantities(quantity(b), quantity(a))).toBe(0)
    }))
  })

  test('parseQuantity never throws', () => {
    fc.assert(fc.property(fc.string({
      unit: fc.constantFrom(...'0123456789.+-eEinumkKMGTP x')
    }), text => { parseQuantity(text) }))
  })
})

describe('compareQuantities', () => {
  test.each([
    ['1000m', '1', 0],
    ['1Gi', '1G', 1],
    ['1Gi', '1024Mi', 0],
    ['999m', '1', -1],
    ['0.0001', '1m', 0],
    ['-1', '0', -1],
    ['9007199254740993', '9007199254740992', 1],
    ['1e100', '1E', 1],
    [0.5, '500m', 0]
  ])('%s and %s: %i', (a, b, order) => {
    expect(compareQuantities(quantity(a), quantity(b))).toBe(order)
  })
})
