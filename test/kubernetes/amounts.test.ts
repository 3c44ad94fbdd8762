import { describe, expect, it } from 'vitest'
import { canonicalAmounts, exceeds, type Amounts } from '../../src/kubernetes/amounts.ts'

describe('canonicalAmounts', () => {
  it.each<[string, Amounts<string | number> | undefined, Amounts]>([
    ['is empty without amounts', undefined, {}],
    ['writes a number as text', { pods: 20 }, { pods: '20' }],
    ['writes the form that the API server stores', { cpu: '1000m', memory: '1024Mi' }, { cpu: '1', memory: '1Gi' }],
    ['keeps an amount that is no quantity', { cpu: 'half', pods: Infinity }, { cpu: 'half', pods: 'Infinity' }],
    [
      'keeps a resource that is called constructor',
      { constructor: '1000m' } as unknown as Amounts,
      { constructor: '1' } as unknown as Amounts
    ]
  ])('%s', (_, amounts, expected) => {
    expect(canonicalAmounts(amounts)).toEqual(expected)
  })
})

describe('exceeds', () => {
  it.each<[string | number, string | number, boolean]>([
    ['2', '1', true],
    ['1', '1', false],
    ['1', '2', false],
    ['1001m', 1, true],
    ['1000m', 1, false],
    ['1Gi', '1G', true],
    ['9007199254740993', '9007199254740992', true],
    ['many', '1', false],
    ['1', 'many', false],
    ['', '', false]
  ])('%s exceeds %s: %s', (amount, bound, expected) => {
    expect(exceeds(amount, bound)).toBe(expected)
  })
})
