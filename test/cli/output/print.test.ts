import { describe, expect, it } from 'vitest'
import { columns, section } from '../../../src/cli/output/layout.ts'
import { escapeControls } from '../../../src/cli/output/print.ts'

describe('output to a terminal', () => {
  it('escapes control characters and text direction, and keeps lines', () => {
    expect(escapeControls('a\u001b[31mred\u009b0m\r\u0007\u202eeb\nnext\ttab ä ✓'))
      .toBe('a\\u001b[31mred\\u009b0m\\u000d\\u0007\\u202eeb\nnext\ttab ä ✓')
  })

  it('escapes so that JSON stays the same value', () => {
    const value = { name: 'a\u009bb\u007f\u2066' }
    expect(JSON.parse(escapeControls(JSON.stringify(value)))).toEqual(value)
  })

  it.each(['\u2028', '\u2029', '\u200e', '\u200f', '\u061c', '\u0085', '\u007f', '\u0000', '\u202d', '\u2069'])('escapes %j', character => {
    expect(escapeControls(`a${character}b`)).toMatch(/^a\\u[0-9a-f]{4}b$/)
  })

  it('keeps a title and the lines of a section on one line each', () => {
    expect(section('Access\nof x', ['admin User eve\nadmin User root', 'viewer User bob']))
      .toEqual(['Access\\nof x:', '  admin User eve\\nadmin User root', '  viewer User bob', ''])
  })

  it('keeps a row of columns on one line', () => {
    expect(columns([['User eve\n+ User root', 'Role/x'], ['User bob', 'Role/y']])).toEqual([
      'User eve\\n+ User root  Role/x',
      'User bob               Role/y'
    ])
  })
})
