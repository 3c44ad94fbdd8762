import { describe, expect, it } from 'vitest'
import { shortenList } from '../../../src/tenancy/status/shorten-list.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1))

describe('the list in a message', () => {
  it('has all items up to 20', () => {
    expect(shortenList(['a', 'b'])).toBe('a, b')
    expect(shortenList(numbers(20), '; ')).toBe(numbers(20).join('; '))
  })

  it('has the first 20 of more, and the number of the others', () => {
    expect(shortenList(numbers(23))).toBe(`${numbers(20).join(', ')} and 3 more`)
  })
})
