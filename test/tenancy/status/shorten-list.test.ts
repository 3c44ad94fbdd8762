import { describe, expect, it } from 'vitest'
import { shortenList } from '../../../src/tenancy/status/shorten-list.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1))

describe('what a message lists', () => {
  it('is all of it up to 20 items', () => {
    expect(shortenList(['a', 'b'])).toBe('a, b')
    expect(shortenList(numbers(20), '; ')).toBe(numbers(20).join('; '))
  })

  it('is the first 20 of more, and how many are left', () => {
    expect(shortenList(numbers(23))).toBe(`${numbers(20).join(', ')} and 3 more`)
  })
})
