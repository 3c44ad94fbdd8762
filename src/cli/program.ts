import { parse } from 'node:path'
import { CommanderError } from 'commander'
import { ConfigError } from '../server/config.ts'
import { packageVersion } from '../version.ts'
import { InputError } from './input/input-error.ts'
import { exitCodes } from './output/exit-codes.ts'
import { NegativeResult } from './output/negative-result.ts'
import { printError } from './output/print.ts'
import { CliCommand } from './program/cli-command.ts'
import { addClusterCommands } from './program/cluster.ts'
import { addInstallationCommands } from './program/installation.ts'
import { addProgramCommands } from './program/program-commands.ts'
import { addPullRequestCommands } from './program/pull-requests.ts'
import { addTenantCommands } from './program/tenants.ts'

/**
 * Parses the arguments and runs a command. Invalid input and negative results become a message and an exit code.
 * @param file the program as it was called
 */
export async function program (args: string[], file = 'k8s-mtp'): Promise<void> {
  try {
    await createProgram(invokedAs(file)).parseAsync(completes(file) ? ['__complete', ...args] : args, { from: 'user' })
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}

function exitCodeOf (error: unknown): number {
  // commander has printed it already: the help, or a usage error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.unusable
  if (!(error instanceof InputError || error instanceof ConfigError || error instanceof NegativeResult)) throw error
  if (error.message !== '') printError(error.message)
  return error instanceof NegativeResult ? error.exitCode : exitCodes.unusable
}

/** kubectl runs its plugin `mtp` as kubectl-mtp. Source: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/ */
function invokedAs (file: string): string {
  return parse(file).name.startsWith('kubectl-') ? 'kubectl mtp' : 'k8s-mtp'
}

/** kubectl completes the arguments of a plugin by a program of this name. Source: https://github.com/kubernetes/kubernetes/pull/105867 */
function completes (file: string): boolean {
  return parse(file).name === 'kubectl_complete-mtp'
}

/** Each command imports its modules when it runs: `render` needs no server, `serve` no YAML. */
export function createProgram (name = 'k8s-mtp'): CliCommand {
  const root = new CliCommand(name)
    .description('Multi-tenant Kubernetes: turns each Tenant into secure, isolated namespaces and corrects drift.')
    .version(packageVersion)
    .showHelpAfterError('Run the command with --help to see its arguments and examples.')
    .exitOverride()
    .enablePositionalOptions()
  addPullRequestCommands(root)
  addTenantCommands(root)
  addClusterCommands(root)
  addInstallationCommands(root)
  addProgramCommands(root)
  return root
}
