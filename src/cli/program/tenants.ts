import type { AccessOptions } from '../access.ts'
import type { UsageOptions } from '../usage.ts'
import type { ViewOptions } from '../view/scope.ts'
import type { WhyOptions } from '../why.ts'
import type { CliCommand } from './cli-command.ts'

/** Commands that show Tenants: to those who run them, and as far as they may read, to their members. */
export function addTenantCommands (root: CliCommand): void {
  root.commandsGroup('Tenants, for platform engineers and members:')

  withNamespace(root.command('get'))
    .description('show Tenants: their state, namespaces, admins and use of quotas')
    .argument('[tenant...]', 'names of Tenants; one alone is shown in full (default: all Tenants, or your namespace)')
    .formats('text', 'wide', 'json', 'yaml', 'name')
    .connection()
    .action(async (tenants: string[], options: ViewOptions) => await (await import('../get.ts')).get(tenants, options))
    .examples('k8s-mtp get', 'k8s-mtp get acme', 'k8s-mtp get --namespace tenant-acme-shop', 'k8s-mtp get -o wide')

  root.command('why')
    .description('explain why a Tenant or namespace is not Ready, or why pods are missing or do not start, with the next command')
    .argument('<name>', 'name of a Tenant or of its namespace; tenant/NAME or namespace/NAME where both have the name')
    .formats('text', 'json')
    .connection()
    .action(async (name: string, options: WhyOptions) => await (await import('../why.ts')).why(name, options))
    .examples('k8s-mtp why acme', 'k8s-mtp why tenant-acme-shop', 'k8s-mtp why acme -o json')

  withNamespace(root.command('usage'))
    .description('show what is used of the quotas of Tenants, the highest use first')
    .argument('[tenant...]', 'names of Tenants (default: all Tenants, or your namespace)')
    .option('--all', 'list also resources that are hardly used or not at all')
    .formats('text', 'json')
    .connection()
    .action(async (tenants: string[], options: UsageOptions) => await (await import('../usage.ts')).usage(tenants, options))
    .examples('k8s-mtp usage', 'k8s-mtp usage acme globex', 'k8s-mtp usage --namespace tenant-acme-shop --all')

  withNamespace(root.command('access'))
    .description('show who has access to the namespaces of Tenants, by which role, and until when')
    .argument('[tenant...]', 'names of Tenants (default: all Tenants, or your namespace)')
    .option('--subject <subject>', 'only the access of a subject: User ada@acme.example, Group acme-leads, ServiceAccount ci/deployer, ' +
      'or a name of any kind')
    .option('--all', 'list also what Kubernetes itself binds in the whole cluster')
    .formats('text', 'json')
    .connection()
    .action(async (tenants: string[], options: AccessOptions) => await (await import('../access.ts')).access(tenants, options))
    .examples('k8s-mtp access acme', 'k8s-mtp access --subject "User ada@acme.example"',
      'k8s-mtp access acme --subject ci/deployer -o json')
}

function withNamespace (command: CliCommand): CliCommand {
  return command.option('-n, --namespace <name>',
    'only this namespace (default, for callers who may not read Tenants: that of the context)')
}
