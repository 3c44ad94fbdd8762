import { describe, expect, it } from 'vitest'
import { coloured } from '../../../src/cli/output/colour.ts'

const terminal = { isTTY: true, hasColors: () => true }

describe('coloured', () => {
  it('colours text on a terminal', () => {
    expect(coloured('red', 'failed', terminal)).toBe('\u001b[31mfailed\u001b[39m')
  })

  it.each([
    ['a pipe', { isTTY: false, hasColors: () => true }],
    ['a terminal without colours, or with NO_COLOR', { isTTY: true, hasColors: () => false }]
  ])('leaves text as it is for %s', (_, stream) => {
    expect(coloured('red', 'failed', stream)).toBe('failed')
  })
})
