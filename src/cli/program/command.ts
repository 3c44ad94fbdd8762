import type { Command } from 'commander'

/** The examples of a command, for its help and its reference page. */
const examplesByCommand = new WeakMap<Command, readonly string[]>()

export function withExamples (command: Command, examples: readonly string[]): Command {
  examplesByCommand.set(command, examples)
  return command.addHelpText('after', `\nExamples:\n${examples.map(line => `  ${line}`).join('\n')}`)
}

export function examplesOf (command: Command): readonly string[] {
  return examplesByCommand.get(command) ?? []
}
