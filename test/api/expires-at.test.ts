import { describe, expect, it } from 'vitest'
import { expiryMilliseconds } from '../../src/api/expires-at.ts'

describe('expiresAt', () => {
  it.each([
    ['in UTC', '2026-12-24T18:00:00Z', '2026-12-24T18:00:00.000Z'],
    ['east of UTC', '2026-12-24T19:00:00+01:00', '2026-12-24T18:00:00.000Z'],
    ['west of UTC', '2026-12-24T12:30:00-05:30', '2026-12-24T18:00:00.000Z'],
    ['on a leap day', '2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['in the last second of the century', '2099-12-31T23:59:59Z', '2099-12-31T23:59:59.000Z']
  ])('can be %s', (_, text, moment) => {
    expect(new Date(expiryMilliseconds(text) ?? NaN).toISOString()).toBe(moment)
  })

  it.each([
    ['a day without a time', '2026-12-24'],
    ['a time without a zone', '2026-12-24T18:00:00'],
    ['a time without seconds', '2026-12-24T18:00Z'],
    ['a fraction of a second', '2026-12-24T18:00:00.5Z'],
    ['a space instead of the T', '2026-12-24 18:00:00Z'],
    ['lower case', '2026-12-24t18:00:00z'],
    ['an offset without a colon', '2026-12-24T18:00:00+0100'],
    ['an offset of a day', '2026-12-24T18:00:00+24:00'],
    ['hour 24', '2026-12-24T24:00:00Z'],
    ['a leap second', '2026-12-31T23:59:60Z'],
    ['day 31 of a month of 30 days', '2026-11-31T00:00:00Z'],
    ['a leap day in another year', '2026-02-29T00:00:00Z'],
    ['month 13', '2026-13-01T00:00:00Z'],
    ['a year of another century', '2126-12-24T18:00:00Z'],
    ['seconds since 1970', '1798135200'],
    ['words', 'tomorrow'],
    ['an empty text', ''],
    ['a second line', '2026-12-24T18:00:00Z\n']
  ])('cannot be %s', (_, text) => {
    expect(expiryMilliseconds(text)).toBeUndefined()
  })

  it('can be each day of the century, and no other text', () => {
    const [first, end] = [Date.UTC(2000, 0, 1), Date.UTC(2100, 0, 1)]
    const days = new Set(Array.from({ length: (end - first) / 86_400_000 }, (_, day) => new Date(first + day * 86_400_000).toISOString()
      .slice(0, 10)))
    const twoDigits = (count: number) => Array.from({ length: count }, (_, number) => String(number).padStart(2, '0'))
    const written = twoDigits(100).flatMap(year => twoDigits(14).flatMap(month => twoDigits(33)
      .map(day => `20${year}-${month}-${day}`)))
    const taken = written.filter(day => expiryMilliseconds(`${day}T18:00:00Z`) !== undefined)
    expect(taken).toEqual([...days])
  })
})
