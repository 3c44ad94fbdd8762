import type { Argument, Command, Option } from 'commander'

/** What can be typed next. */
export interface Candidates {
  values: Candidate[]
  /** Whether the shell offers files where no value is listed. */
  files: boolean
  /** Names in a cluster, which the caller reads. */
  names?: 'tenants' | 'namespaces'
}

export interface Candidate { value: string, description: string }

const nothing: Candidates = { values: [], files: false }

/**
 * Lists what can be typed in place of the last word.
 * @param words those after the name of the program; the last one is being typed, and may be empty
 */
export function candidatesFor (program: Command, words: readonly string[]): Candidates {
  const { before, typed, option: joined } = readWords(words)
  const { command, option, position } = walk(program, before)
  const pending = joined === undefined ? option : optionOf(command, joined)
  if (pending !== undefined) return startingWith(typed, valuesOf(pending))
  if (joined !== undefined) return nothing
  if (typed.startsWith('--') && typed.includes('=')) return withPrefix(command, typed)
  if (typed.startsWith('-')) return startingWith(typed, { values: optionsOf(command), files: false })
  if (command.commands.length > 0) return startingWith(typed, { values: commandsOf(command), files: false })
  return startingWith(typed, argumentValues(command.registeredArguments, position))
}

/** bash splits `--output=json` into three words. */
function readWords (words: readonly string[]): { before: readonly string[], typed: string, option?: string } {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  if (typed === '=' && isLong(before.at(-1))) return { before: before.slice(0, -1), typed: '', option: before.at(-1) ?? '' }
  if (before.at(-1) === '=' && isLong(before.at(-2))) return { before: before.slice(0, -2), typed, option: before.at(-2) ?? '' }
  return { before, typed }
}

function isLong (word: string | undefined): boolean {
  return word?.startsWith('--') === true && !word.includes('=')
}

interface Walked {
  command: Command
  /** The option whose value is typed next. */
  option: Option | undefined
  /** How many arguments precede. */
  position: number
}

function walk (program: Command, words: readonly string[]): Walked {
  let walked: Walked = { command: program, option: undefined, position: 0 }
  for (const word of words) walked = step(walked, word)
  return walked
}

function step ({ command, option, position }: Walked, word: string): Walked {
  if (option !== undefined && !word.startsWith('-')) return { command, option: option.variadic ? option : undefined, position }
  if (word.startsWith('-')) {
    const found = word.includes('=') ? undefined : optionOf(command, word)
    return { command, option: takesValue(found) ? found : undefined, position }
  }
  const next = command.commands.find(each => each.name() === word)
  return next === undefined ? { command, option: undefined, position: position + 1 } : { command: next, option: undefined, position: 0 }
}

function takesValue (option: Option | undefined): boolean {
  return option !== undefined && (option.required || option.optional)
}

function optionOf (command: Command, flag: string): Option | undefined {
  return command.options.find(({ short, long }) => flag === short || flag === long)
}

/** Paths are named so in the help. */
function valuesOf ({ argChoices, flags }: Option): Candidates {
  if (argChoices !== undefined) return choicesOf(argChoices)
  if (/[<[](path|file|folder)/.test(flags)) return { values: [], files: true }
  return /[<[](tenant|namespace)[.\]>]/.test(flags) ? namesOf(flags) : nothing
}

function argumentValues (registered: readonly Argument[], position: number): Candidates {
  const last = registered.at(-1)
  const argument = registered[position] ?? (last?.variadic === true ? last : undefined)
  if (argument === undefined) return nothing
  return argument.argChoices === undefined ? namesOf(argument.name()) : choicesOf(argument.argChoices)
}

function choicesOf (choices: readonly string[]): Candidates {
  return { values: choices.map(value => ({ value, description: '' })), files: false }
}

function namesOf (name: string): Candidates {
  if (/tenant/i.test(name)) return { ...nothing, names: 'tenants' }
  return /namespace/i.test(name) ? { ...nothing, names: 'namespaces' } : { values: [], files: true }
}

function withPrefix (command: Command, typed: string): Candidates {
  const [flag = '', value = ''] = typed.split(/=(.*)/s, 2)
  const option = optionOf(command, flag)
  const { values, files } = option === undefined ? nothing : valuesOf(option)
  return { values: startingWith(value, { values, files }).values.map(each => ({ ...each, value: `${flag}=${each.value}` })), files }
}

function optionsOf (command: Command): Candidate[] {
  return command.createHelp().visibleOptions(command)
    .flatMap(({ long, description }) => long === undefined || long === null ? [] : [{ value: long, description }])
}

function commandsOf (command: Command): Candidate[] {
  return command.createHelp().visibleCommands(command).map(each => ({ value: each.name(), description: each.description() }))
}

function startingWith (typed: string, { values, ...others }: Candidates): Candidates {
  return { ...others, values: values.filter(({ value }) => value.startsWith(typed)) }
}
