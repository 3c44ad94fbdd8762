import { describe, expect, it } from 'vitest'
import { columns } from '../../../src/cli/output/layout.ts'
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

  it('keeps a row of columns on one line', () => {
    expect(columns([['User eve\n+ User root', 'Role/x'], ['User bob', 'Role/y']])).toEqual([
      'User eve\\n+ User root  Role/x',
      'User bob               Role/y'
    ])
  })
})
