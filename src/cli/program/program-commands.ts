import { Argument } from 'commander'
import type { VersionOptions } from '../version.ts'
import type { CliCommand } from './cli-command.ts'

/** Commands about the program itself. */
export function addProgramCommands (root: CliCommand): void {
  root.commandsGroup('This program:')

  root.command('version')
    .description('print the versions of this program, and of Kubernetes, hook, CRDs, guardrails and Metacontroller in the cluster')
    .option('--client', 'print only the version of this program, without a cluster')
    .formats('text', 'json')
    .connection()
    .action(async (options: VersionOptions) => await (await import('../version.ts')).version(options))
    .examples('k8s-mtp version', 'k8s-mtp version --client -o json')

  root.command('completion')
    .description('print the script by which a shell completes the command line')
    .addArgument(new Argument('<shell>', 'bash, zsh, fish or powershell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .action(async (shell: string) => { process.stdout.write((await import('../completion/shells.ts')).shells[shell] ?? '') })
    .examples('source <(k8s-mtp completion bash)', 'k8s-mtp completion fish > ~/.config/fish/completions/k8s-mtp.fish')

  root.helpCommand('help [command]', 'print the help of a command')

  root.command('__complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action(async (words: string[]) => await (await import('../complete.ts')).complete(root, words))
}
