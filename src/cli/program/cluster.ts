import type { AdoptOptions } from '../adopt.ts'
import type { ApplyOptions } from '../apply.ts'
import type { CheckOptions } from '../check.ts'
import type { ChangeOptions } from '../input/change-options.ts'
import type { MoveOptions } from '../move.ts'
import type { RecheckOptions } from '../recheck.ts'
import type { VerifyOptions } from '../verify.ts'
import type { CliCommand } from './cli-command.ts'

const breakGlass = '--as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'

/** Commands for those who operate a cluster. */
export function addClusterCommands (root: CliCommand): void {
  root.commandsGroup('Clusters, for platform engineers:')

  root.command('check')
    .description('check that the cluster meets the requirements, and that the installation is complete, of one version and working')
    .option('--pre', 'check only what an installation requires, and whether you may install')
    .formats('text', 'json')
    .connection()
    .action(async (options: CheckOptions) => await (await import('../check.ts')).check(options))
    .examples('k8s-mtp check --pre', 'k8s-mtp check', 'k8s-mtp check -o json')

  root.command('apply')
    .description('apply TenantClasses, Tenants and CustomResourceDefinitions by server-side apply, and take over fields of other ' +
      'field managers')
    .filenames('TenantClasses, Tenants and CustomResourceDefinitions')
    .option('--field-manager <name>', 'name of the field manager; fields you no longer declare are removed', 'k8s-mtp')
    .option('--timeout <duration>', 'how long to wait until the API server serves the kinds', '60s')
    .option('--engine-service-account <namespace/name>', 'ServiceAccount of Metacontroller: classes with permissions ' +
      'that it lacks are refused (default: k8s-mtp-system/k8s-mtp-metacontroller, or metacontroller/metacontroller)')
    .connection()
    .action(async (options: ApplyOptions) => await (await import('../apply.ts')).apply(options))
    .examples('k8s-mtp apply -f classes/', 'k8s-mtp apply -f classes/ -f tenants/ --field-manager ci --timeout 2m')

  root.command('recheck')
    .description('list what exists in the namespaces of Tenants and would be refused today, as after a change of a TenantClass')
    .argument('[tenant]', 'name of the Tenant (default: all Tenants)')
    .formats('text', 'json')
    .connection()
    .action(async (tenant: string | undefined, options: RecheckOptions) => await (await import('../recheck.ts')).recheck(tenant, options))
    .examples('k8s-mtp recheck acme', 'k8s-mtp recheck -o json')

  root.command('verify')
    .description('verify that Tenants are isolated, by asking the API server as their subjects; nothing is written')
    .argument('[tenants...]', 'names of Tenants')
    .option('--all', 'verify all Tenants')
    .option('--as-tenant-of <namespace>', 'verify any namespace, with the subjects of its RoleBindings')
    .formats('text', 'json', 'html')
    .cluster()
    .action(async (tenants: string[], options: VerifyOptions) => await (await import('../verify.ts')).verify(tenants, options))
    .examples('k8s-mtp verify acme', 'k8s-mtp verify --all -o html > report.html', 'k8s-mtp verify --as-tenant-of team-a -o json')

  root.command('adopt')
    .description('adopt an existing namespace, with everything in it, into a Tenant')
    .argument('[tenant]', 'name of the Tenant')
    .argument('[namespace]', 'name of the namespace: tenant-<metadata.name>-<spec.name>, or one in spec.namespaces')
    .option('--all', 'adopt all namespaces whose Tenants have a new uid, as after a restore from backup')
    .formats('text', 'json')
    .changes()
    .action(async (tenant: string | undefined, namespace: string | undefined, options: AdoptOptions) =>
      await (await import('../adopt.ts')).adopt(tenant, namespace, options))
    .examples(
      'k8s-mtp adopt acme tenant-acme-shop',
      `k8s-mtp adopt acme tenant-acme-shop --yes ${breakGlass}`,
      `k8s-mtp adopt --all --yes ${breakGlass}`
    )

  root.command('move')
    .description('move a namespace, with everything in it, from its Tenant to another')
    .argument('<namespace>', 'name of the namespace')
    .requiredOption('--to <tenant>', 'name of the Tenant, which lists the namespace under spec.namespaces as existing')
    .changes()
    .action(async (namespace: string, options: MoveOptions) => await (await import('../move.ts')).move(namespace, options))
    .examples('k8s-mtp move tenant-acme-shop --to globex', `k8s-mtp move tenant-acme-shop --to globex --yes ${breakGlass}`)

  root.command('release')
    .description('stop managing a namespace, which stays with everything in it')
    .argument('<tenant>', 'name of the Tenant')
    .argument('<namespace>', 'name of the namespace')
    .changes()
    .action(async (tenant: string, namespace: string, options: ChangeOptions) =>
      await (await import('../release.ts')).release(tenant, namespace, options))
    .examples('k8s-mtp release acme tenant-acme-shop', `k8s-mtp release acme tenant-acme-shop --yes ${breakGlass}`)
}
