import type { Command } from 'commander'
import type { ConnectionOptions } from '../cluster/connection.ts'
import { InputError } from '../input-error.ts'

export interface ChangeOptions extends ConnectionOptions {
  /** False: say what would be done. */
  yes?: boolean
  /** Seconds, as given. */
  timeout: string
}

/** The options of a command that changes a cluster only with --yes. */
export function withClusterOptions (command: Command): Command {
  return withConnectionOptions(command
    .option('--yes', 'do it; without it nothing is changed, and what would be is printed')
    .option('--timeout <seconds>', 'how long to wait for Metacontroller', '120'))
}

/** The options of a command that talks to a cluster. */
export function withConnectionOptions (command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig (default: KUBECONFIG, then ~/.kube/config, then in a pod its ServiceAccount)')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--as <user>', 'user to act as')
    .option('--as-group <group>', 'group to act with; may be given more than once', (group: string, groups: string[] = []) => [...groups, group])
}

/** @throws InputError */
export function timeoutMilliseconds ({ timeout }: ChangeOptions): number {
  const seconds = Number(timeout)
  if (!(seconds > 0 && seconds <= 86_400)) throw new InputError(`--timeout is a number of seconds from 1 to 86400, not ${timeout}`)
  return seconds * 1000
}

export function print (text: string): void {
  process.stdout.write(`${text}\n`)
}
