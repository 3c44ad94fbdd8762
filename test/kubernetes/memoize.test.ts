import { expect, it } from 'vitest'
import { memoize } from '../../src/kubernetes/memoize.ts'

it('computes once for each object, and also keeps undefined', () => {
  const seen: object[] = []
  const compute = memoize((key: object) => { seen.push(key) })
  const [a, b] = [{}, {}]
  for (const key of [a, b, a, b]) expect(compute(key)).toBeUndefined()
  expect(seen).toEqual([a, b])
})

it('computes again after an exception', () => {
  let calls = 0
  const compute = memoize(() => {
    if (++calls === 1) throw new RangeError('too deep')
    return calls
  })
  const key = {}
  expect(() => compute(key)).toThrow(RangeError)
  expect(compute(key)).toBe(2)
})
