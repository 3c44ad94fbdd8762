import type { Command } from 'commander'
import type { ConnectionOptions } from '../cluster/connection.ts'

/** Of a command that changes a cluster only with --yes. */
export interface ChangeOptions extends ConnectionOptions {
  /** False: say what would be done. */
  yes?: boolean
  /** How long to wait for Metacontroller, as given. */
  timeout: string
}

/** The options of a command that changes a cluster only with --yes. */
export function withChangeOptions (command: Command): Command {
  return withConnectionOptions(command
    .option('--yes', 'do it; without it nothing is changed, and what would be is printed')
    .option('--timeout <duration>', 'how long to wait for Metacontroller', '120s'))
}

/** The options of a command that talks to a cluster. */
export function withConnectionOptions (command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig (default: KUBECONFIG, then ~/.kube/config, then in a pod its ServiceAccount)')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--as <user>', 'user to act as')
    .option('--as-group <group>', 'group to act with; may be given more than once', (group: string, groups: string[] = []) => [...groups, group])
}
