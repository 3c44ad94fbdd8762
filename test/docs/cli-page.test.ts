import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import type { CliCommand } from '../../src/cli/program/cli-command.ts'
import { repositoryPath } from '../cluster/paths.ts'

describe('docs/reference/cli.md', () => {
  it('has an example of each command', () => {
    const commands = createProgram().commands as CliCommand[]
    expect(commands.filter(({ exampleLines }) => exampleLines.length === 0).map(command => command.name())).toEqual(['__complete'])
  })
})

describe('the commands in', () => {
  it.each(['docs/adoption.md', 'docs/cli.md', 'docs/gitops.md', 'docs/reference/cli.md', 'docs/reference/reasons.md'])('%s exist, with their options', path => {
    const lines = readFileSync(repositoryPath(path), 'utf8').match(/\bk8s-mtp [a-z]+(?: [^`\n|]*)?/g) ?? []
    const commands = new Map(createProgram().commands.map(command => [command.name(), command]))
    const unknown = lines.flatMap(line => {
      const command = commands.get(line.split(' ')[1] ?? '')
      if (command === undefined) return []
      const known = command.options.flatMap(({ short, long }) => [short, long])
      const flags = line.replaceAll(/"[^"]*"/g, '').match(/(?<= )--?[a-z][a-z-]*/g) ?? []
      return flags.filter(flag => !known.includes(flag) && flag !== '--help').map(flag => `${line}: ${flag}`)
    })
    expect(unknown).toEqual([])
    expect(lines.length).toBeGreaterThan(0)
  })
})
