import { expect, it } from 'vitest'
import { ageOf, ageText } from '../../src/view/age.ts'

it.each([
  [-5, '0s'], [119, '119s'], [120, '2m'], [330, '5m30s'], [1800, '30m'], [3 * 3600 + 60, '3h1m'], [9 * 3600, '9h'],
  [3 * 86_400 + 3 * 3600, '3d3h'], [300 * 86_400, '300d'], [800 * 86_400, '2y']
])('%s seconds are %s', (seconds, text) => {
  expect(ageText(seconds * 1000)).toBe(text)
})

it('is empty without a moment', () => {
  expect([ageOf(undefined, new Date()), ageOf('soon', new Date())]).toEqual(['', ''])
})
