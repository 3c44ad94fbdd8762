import { describe, expect, it } from 'vitest'
import { candidatesFor } from '../../../src/cli/completion/candidates.ts'
import { createProgram } from '../../../src/cli/program.ts'

const complete = (words: string[]) => {
  const { values, ...others } = candidatesFor(createProgram(), words)
  return { values: values.map(({ value }) => value), ...others }
}
const none = { values: [], files: false }

describe('candidatesFor', () => {
  it.each([
    ['commands', ['re'], { values: ['render', 'recheck', 'release'], files: false }],
    ['no hidden command', ['__'], none],
    ['long options of the command', ['check', '--a'], { values: ['--as', '--as-group'], files: false }],
    ['formats', ['render', '-o', ''], { values: ['yaml', 'json'], files: false }],
    ['the value of an option after =', ['render', '--output=j'], { values: ['--output=json'], files: false }],
    ['the value of an option that bash splits at =', ['render', '--output', '=', 'y'], { values: ['yaml'], files: false }],
    ['all values that bash splits at =', ['render', '--output', '='], { values: ['yaml', 'json'], files: false }],
    ['files for a path', ['render', '-f', 'ten'], { values: [], files: true }],
    ['files for a path after other options', ['render', '-o', 'json', '--classes', ''], { values: [], files: true }],
    ['files for a folder', ['crds', '--output-dir', ''], { values: [], files: true }],
    ['nothing for a name', ['check', '--as', ''], none],
    ['choices of an argument', ['completion', ''], { values: ['bash', 'zsh', 'fish', 'powershell'], files: false }],
    ['nothing after the last argument', ['completion', 'bash', ''], none],
    ['Tenants', ['adopt', ''], { ...none, names: 'tenants' }],
    ['Tenants of an option', ['move', 'tenant-acme-shop', '--to', ''], { ...none, names: 'tenants' }],
    ['namespaces', ['adopt', '--yes', '--context', 'prod', 'acme', ''], { ...none, names: 'namespaces' }],
    ['nothing for an unknown option', ['check', '--bogus='], none]
  ])('lists %s', (_, words, expected) => {
    expect(complete(words)).toEqual(expected)
  })
})
