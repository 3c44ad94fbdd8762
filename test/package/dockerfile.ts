/** A stage: its base image and instructions. */
export interface Stage {
  name: string | undefined
  base: string
  instructions: Instruction[]
}

export type Instruction =
  | { name: 'COPY', from: string | undefined, sources: string[], target: string }
  | { name: 'RUN' | 'WORKDIR' | 'USER' | 'EXPOSE', value: string }
  | { name: 'ENTRYPOINT' | 'CMD', words: string[] }
  | { name: 'LABEL' | 'ENV', values: Record<string, string> }

/**
 * Parses the instructions that our Dockerfile uses.
 * @throws Error for any other instruction or form, which could not be tested
 */
export function parseDockerfile (text: string): Stage[] {
  const lines = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, '').split('\n').filter(line => line.trim() !== '')
  const stages: Stage[] = []
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    if (name === 'FROM') stages.push(stage(value))
    else stages.at(-1)?.instructions.push(instruction(name, value))
  }
  return stages
}

function stage (value: string): Stage {
  const [, base, name] = /^(?:--platform=\S+ )?(\S+)(?: AS (\S+))?$/.exec(value) ?? []
  if (base === undefined) throw new Error(`FROM ${value}: not supported`)
  return { name, base, instructions: [] }
}

function instruction (name: string, value: string): Instruction {
  switch (name) {
    case 'COPY':
      return copy(value)
    case 'RUN':
      if (value.startsWith('--')) throw new Error(`RUN ${value}: options are not supported`)
      return { name, value }
    case 'WORKDIR':
    case 'USER':
    case 'EXPOSE':
      return { name, value }
    case 'ENTRYPOINT':
    case 'CMD':
      return { name, words: words(value) }
    case 'LABEL':
    case 'ENV':
      return {
        name,
        values: Object.fromEntries(
          [...value.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S+))/g)].map(([, key = '', quoted, plain]) => [
            key,
            quoted ?? plain ?? ''
          ])
        )
      }
    default:
      throw new Error(`${name} ${value}: not supported`)
  }
}

function copy (value: string): Instruction {
  const [, from, rest = ''] = /^(?:--from=(\S+) )?([^-].*)$/.exec(value) ?? []
  const sources = rest.split(/\s+/)
  const target = sources.pop()
  if (target === undefined || sources.length === 0 || /[*?[]/.test(rest)) throw new Error(`COPY ${value}: not supported`)
  return { name: 'COPY', from, sources, target }
}

function words (value: string): string[] {
  const list: unknown = JSON.parse(value)
  if (!Array.isArray(list) || !list.every(word => typeof word === 'string')) throw new Error(`${value}: not a list of strings`)
  return list
}
