import { Option } from 'commander'
import type { DiffOptions } from '../diff.ts'
import type { LintOptions } from '../lint.ts'
import type { RenderOptions } from '../render.ts'
import { append, type CliCommand } from './cli-command.ts'

/** Commands for those who propose and review changes: they need no cluster. */
export function addPullRequestCommands (root: CliCommand): void {
  root.commandsGroup('Manifests and pull requests, without a cluster:')

  root.command('render')
    .description('print the objects that Tenants produce, without a cluster')
    .filenames('Tenants and TenantClasses')
    .classes('; can be repeated (default: those beside the Tenants, and the shipped ones under names that these do not use)')
    .option('--known-subjects <file>', 'refuse Tenants with other subjects than those in this file, one a line: ' +
      'User ada@acme.example, Group *-leads or ServiceAccount ci/deployer')
    .addOption(new Option('--for <tool>', 'print what a tool needs to deploy into the namespaces, instead of the objects of the Tenants: ' +
      'ServiceAccounts with AppProjects, or with GitRepositories and Kustomizations').choices(['argocd', 'flux']))
    .option('--source-repo <url>', 'with --for, repository of a team, with {tenant} for the name of the Tenant; can be repeated for argocd',
      append)
    .option('--tool-namespace <name>', 'with --for, namespace of the tool (default: argocd or flux-system)')
    .formats('yaml', 'json')
    .action(async (options: RenderOptions) => await (await import('../render.ts')).render(options))
    .examples(
      'k8s-mtp render -f tenants/ --classes classes/ --known-subjects known-subjects.txt',
      'k8s-mtp render -f tenant.yaml -o json',
      'kubectl get tenant acme -o yaml | k8s-mtp render -f - --classes classes/',
      "k8s-mtp render -f tenants/ --classes classes/ --for flux --source-repo 'https://git.example.com/{tenant}/deploy.git'"
    )

  root.command('lint')
    .description('check Tenants and TenantClasses: what is invalid, and what is probably not meant')
    .filenames('Tenants and TenantClasses')
    .classes(', which are checked too; can be repeated ' +
      '(default: those beside the Tenants, and the shipped ones under names that these do not use)')
    .option('--known-subjects <file>', 'report subjects that this file does not list, one a line: ' +
      'User ada@acme.example, Group *-leads or ServiceAccount ci/deployer')
    .option('--disable <rule>', 'rule to disable, of those that warn; can be repeated', append)
    .option('--strict', 'exit with 1 after warnings too')
    .formats('text', 'github', 'json', 'sarif')
    .action(async (options: LintOptions) => await (await import('../lint.ts')).lint(options))
    .examples(
      'k8s-mtp lint -f tenants/ --classes classes/ --known-subjects known-subjects.txt --strict',
      'k8s-mtp lint -f tenants/ --disable redundant-override -o github',
      'git show HEAD:tenants/acme.yaml | k8s-mtp lint -f - -o sarif > lint.sarif'
    )

  root.command('diff')
    .description('print what a change of Tenants and TenantClasses means: namespaces, access, quotas, network and bounds')
    .argument('[paths...]', 'BASE and HEAD, two files or folders; with --git, paths in the repository; with --live, those of HEAD')
    .option('--git <revisions>', 'main...HEAD (merge base and HEAD), main..HEAD, or main (with the working tree)')
    .option('--live', 'compare with the Tenants and TenantClasses of the cluster, and warn of quotas below current use')
    .option('--max-quota-increase <bound>', 'quotas raised by more are dangerous: 50%, requests.cpu=100% or memory=8Gi; ' +
      'can be repeated (default: none is)', append)
    .formats('text', 'markdown', 'json')
    .connection()
    .action(async (paths: string[], options: DiffOptions) => await (await import('../diff.ts')).diff(paths, options))
    .examples(
      'k8s-mtp diff base/ head/',
      'k8s-mtp diff --git main...HEAD -o markdown --max-quota-increase 50% -- tenants/ classes/',
      'k8s-mtp diff --live tenants/'
    )
}
