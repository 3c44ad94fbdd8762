import type { RenderOptions } from '../render.ts'
import type { CliCommand } from './cli-command.ts'

/** Commands for those who propose and review changes: they need no cluster. */
export function addPullRequestCommands (root: CliCommand): void {
  root.commandsGroup('Manifests and pull requests, without a cluster:')

  root.command('render')
    .description('print the objects that Tenants produce, without a cluster')
    .filenames('Tenants and TenantClasses')
    .classes('; can be repeated (default: those beside the Tenants, and the shipped ones under names that these do not use)')
    .option('--known-subjects <file>', 'refuse Tenants with other subjects than those in this file, one a line: ' +
      'User ada@acme.example, Group *-leads or ServiceAccount ci/deployer')
    .formats('yaml', 'json')
    .action(async (options: RenderOptions) => await (await import('../render.ts')).render(options))
    .examples(
      'k8s-mtp render -f tenants/ --classes classes/ --known-subjects known-subjects.txt',
      'k8s-mtp render -f tenant.yaml -o json',
      'kubectl get tenant acme -o yaml | k8s-mtp render -f - --classes classes/'
    )
}
