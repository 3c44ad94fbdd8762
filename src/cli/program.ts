import { Command } from 'commander'
import { ConfigError, describeEnvironment } from '../server/config.ts'
import { packageVersion } from '../version.ts'
import type { AdoptOptions } from './adopt.ts'
import type { ApplyOptions } from './apply.ts'
import type { GuardrailOptions } from './guardrails.ts'
import { InputError } from './input/input-error.ts'
import { withChangeOptions, withConnectionOptions, type ChangeOptions } from './input/options.ts'
import type { RbacOptions } from './rbac.ts'

/** Parses the arguments and runs a command; what a person did wrong becomes one clear message and exit code 1. */
export async function program (args: string[]): Promise<void> {
  try {
    await commands().parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof InputError || error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

/** Each command loads its own modules: `render` needs no server, `serve` no YAML. */
function commands (): Command {
  const root = new Command('k8s-mtp')
    .description('A multi-tenant Kubernetes platform: one Tenant becomes a secure, isolated namespace and is kept that way.')
    .version(packageVersion)
    .showHelpAfterError()

  root.command('serve')
    .description('answer Metacontroller: the hook of the CompositeController')
    .addHelpText('after', `\n${describeEnvironment()}`)
    .action(async () => await (await import('./serve.ts')).serve())

  root.command('render')
    .description('print what the Tenants in a folder or file come to, without a cluster')
    .requiredOption('-f, --filename <path>', 'file, or folder with all folders in it, of Tenants and TenantClasses')
    .option('--classes <path>', 'file or folder of TenantClasses (default: those found beside the Tenants, and the class "default" as shipped where none of them is called so)')
    .option('-o, --output <format>', 'yaml or json', 'yaml')
    .action(async (options: { filename: string, classes?: string, output: string }) => await (await import('./render.ts')).render(options))

  withConnectionOptions(root.command('apply')
    .description('apply TenantClasses and Tenants, and nothing else, by server-side apply; what others have set in the same fields is taken over')
    .requiredOption('-f, --filename <path>', 'file, or folder with all folders in it, of TenantClasses and Tenants')
    .option('--field-manager <name>', 'under which name the API server notes what is declared here; what is not any more is removed', 'k8s-mtp')
    .option('--timeout <duration>', 'how long to wait until the API server serves these kinds', '60s'))
    .action(async (options: ApplyOptions) => await (await import('./apply.ts')).apply(options))

  withChangeOptions(root.command('adopt'))
    .description('make a namespace that is there a Tenant\'s, with all that is in it')
    .argument('[tenant]', 'name of the Tenant')
    .argument('[namespace]', 'name of the namespace: tenant-<metadata.name>-<spec.name>')
    .option('--all', 'all namespaces whose Tenants have another uid now, as after a restore from backup')
    .option('-o, --output <format>', 'text or json', 'text')
    .action(async (tenant: string | undefined, namespace: string | undefined, options: AdoptOptions) => await (await import('./adopt.ts')).adopt(tenant, namespace, options))

  withChangeOptions(root.command('release'))
    .description('let a namespace go: it stays as it is, and is not managed any more')
    .argument('<tenant>', 'name of the Tenant')
    .argument('<namespace>', 'name of the namespace')
    .action(async (tenant: string, namespace: string, options: ChangeOptions) => await (await import('./release.ts')).release(tenant, namespace, options))

  root.command('crds')
    .description('write the CustomResourceDefinitions')
    .requiredOption('--output <folder>', 'where to write them')
    .action(async ({ output }: { output: string }) => { await (await import('./crds.ts')).writeCrds(output) })

  root.command('guardrails')
    .description('print what the API server is to refuse: ValidatingAdmissionPolicies and their bindings')
    .option('--engine-service-account <namespace/name>', 'the service account of Metacontroller (default: metacontroller/metacontroller)')
    .option('--break-glass <group...>', 'groups whose members may do in an emergency what is refused to all others (default: k8s-mtp:break-glass)')
    .option('--pod-security <level...>', 'the Pod Security Standards that classes may enforce; with privileged, whoever answers in the hook\'s place can get root on a node (default: restricted baseline)')
    .option('--output <folder>', 'write one file each, and a kustomization, instead')
    .action(async (options: GuardrailOptions) => await (await import('./guardrails.ts')).guardrails(options))

  root.command('rbac')
    .description('print the ClusterRoles of the engine and of people')
    .option('--classes <path>', 'file or folder of TenantClasses whose rights the engine hands out (default: the ones that are shipped)')
    .option('--escalate', 'let the engine hand out any right, for clusters whose classes change often; see docs/adr/0012 for the risk')
    .option('--output <folder>', 'write them there, a file each, for kubectl apply -k')
    .action(async (options: RbacOptions) => await (await import('./rbac.ts')).rbac(options))

  return root
}
