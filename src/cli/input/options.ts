import type { Command } from 'commander'
import type { ConnectionOptions } from '../cluster/connection.ts'

/** The options of a command that changes a cluster only with --yes. */
export interface ChangeOptions extends ConnectionOptions {
  yes?: boolean
  /** How long to wait for Metacontroller. */
  timeout: string
}

export function withChangeOptions (command: Command): Command {
  return withConnectionOptions(command
    .option('--yes', 'make the changes; without it, they are only printed')
    .option('--timeout <duration>', 'how long to wait for Metacontroller, such as 90s or 1h30m', '120s'))
}

/** Adds the options of a command that connects to a cluster. */
export function withConnectionOptions (command: Command): Command {
  const append = (group: string, groups: string[] = []) => [...groups, group]
  return command
    .option('--kubeconfig <file>',
      'path of the kubeconfig (default: KUBECONFIG, then ~/.kube/config, then the ServiceAccount of the pod)')
    .option('--context <name>', 'context of the kubeconfig (default: its current context)')
    .option('--as <user>', 'user to impersonate')
    .option('--as-group <group>', 'group to impersonate; can be repeated', append)
}
