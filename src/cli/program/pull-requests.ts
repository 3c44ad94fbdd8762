import type { Command } from 'commander'
import type { RenderOptions } from '../render.ts'
import { withExamples } from './command.ts'
import { withClasses, withFilenames } from './options.ts'

/** Commands for those who propose and review changes: they need no cluster. */
export function addPullRequestCommands (root: Command): void {
  root.commandsGroup('Manifests and pull requests, without a cluster:')

  withExamples(withClasses(withFilenames(root.command('render'), 'Tenants and TenantClasses'), 'file or folder with TenantClasses; ' +
      'can be repeated (default: those beside the Tenants, and the shipped ones under names that these do not use)')
    .description('print the objects that Tenants produce, without a cluster')
    .option('--known-subjects <file>', 'refuse Tenants with other subjects than those in this file, one a line: ' +
      'User ada@acme.example, Group *-leads or ServiceAccount ci/deployer')
    .option('-o, --output <format>', 'yaml or json', 'yaml')
    .action(async (options: RenderOptions) => await (await import('../render.ts')).render(options)), [
    'k8s-mtp render -f tenants/ --classes classes/ --known-subjects known-subjects.txt',
    'k8s-mtp render -f tenant.yaml -o json',
    'kubectl get tenant acme -o yaml | k8s-mtp render -f - --classes classes/'
  ])
}
