import { Command, Option } from 'commander'

/** A command with the options that several have in common, and with examples for its help and its reference page. */
export class CliCommand extends Command {
  readonly exampleLines: string[] = []

  override createCommand (name?: string): CliCommand {
    return new CliCommand(name)
  }

  examples (...lines: string[]): this {
    this.exampleLines.push(...lines)
    return this.addHelpText('after', `\nExamples:\n${lines.map(line => `  ${line}`).join('\n')}`)
  }

  /** Adds `-f`, as in kubectl. */
  filenames (kinds: string): this {
    const description = `file or folder with ${kinds}, read recursively, or - for standard input; can be repeated`
    return this.requiredOption('-f, --filename <path>', description, append)
  }

  classes (description: string): this {
    return this.option('--classes <path>', `file or folder with TenantClasses${description}`, append)
  }

  /** Adds `-o` for formats, as in kubectl; the first is the default. */
  formats (...formats: readonly [string, ...string[]]): this {
    return this.addOption(new Option('-o, --output <format>', 'format of the output').choices(formats).default(formats[0]))
  }

  outputDir (files: string): this {
    return this.option('--output-dir <folder>', `write ${files} to this folder, and print nothing`)
  }

  /** Adds the options of a command that connects to a cluster. */
  connection (): this {
    return this
      .cluster()
      .option('--as <user>', 'user to impersonate')
      .option('--as-group <group>', 'group to impersonate; can be repeated', append)
  }

  /** For a command that impersonates others itself, which an impersonated user cannot. */
  cluster (): this {
    return this
      .option('--kubeconfig <file>',
        'path of the kubeconfig (default: KUBECONFIG, then ~/.kube/config, then the ServiceAccount of the pod)')
      .option('--context <name>', 'context of the kubeconfig (default: its current context)')
  }

  /** Adds the options of a command that changes a cluster only with --yes. */
  changes (): this {
    return this
      .option('--yes', 'make the changes; without it, they are only printed')
      .option('--timeout <duration>', 'how long to wait for Metacontroller, such as 90s or 1h30m', '120s')
      .connection()
  }
}

/** Collects an option that can be given several times. */
export function append (value: string, values: string[] = []): string[] {
  return [...values, value]
}
