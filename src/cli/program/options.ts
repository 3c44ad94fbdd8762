import type { Command } from 'commander'

/** Collects an option that can be given several times. */
function append (value: string, values: string[] = []): string[] {
  return [...values, value]
}

/** Adds `-f`, as in kubectl. */
export function withFilenames (command: Command, kinds: string): Command {
  return command.requiredOption('-f, --filename <path>',
    `file or folder with ${kinds}, read recursively, or - for standard input; can be repeated`, append)
}

export function withClasses (command: Command, description: string): Command {
  return command.option('--classes <path>', description, append)
}

/** The options of a command that changes a cluster only with --yes. */
export function withChangeOptions (command: Command): Command {
  return withConnectionOptions(command
    .option('--yes', 'make the changes; without it, they are only printed')
    .option('--timeout <duration>', 'how long to wait for Metacontroller, such as 90s or 1h30m', '120s'))
}

/** Adds the options of a command that connects to a cluster. */
export function withConnectionOptions (command: Command): Command {
  return command
    .option('--kubeconfig <file>',
      'path of the kubeconfig (default: KUBECONFIG, then ~/.kube/config, then the ServiceAccount of the pod)')
    .option('--context <name>', 'context of the kubeconfig (default: its current context)')
    .option('--as <user>', 'user to impersonate')
    .option('--as-group <group>', 'group to impersonate; can be repeated', append)
}

export function withOutputDir (command: Command, files: string): Command {
  return command.option('--output-dir <folder>', `write ${files} to this folder, and print nothing`)
}
