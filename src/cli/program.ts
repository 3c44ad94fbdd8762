import { Command } from 'commander'
import { ConfigError, describeEnvironment } from '../server/config.ts'
import { packageVersion } from '../version.ts'
import type { AdoptOptions } from './adopt.ts'
import type { ApplyOptions } from './apply.ts'
import type { CheckOptions } from './check.ts'
import type { DefaultsOptions } from './defaults.ts'
import type { GuardrailOptions } from './guardrails.ts'
import { InputError } from './input/input-error.ts'
import { withChangeOptions, withConnectionOptions, type ChangeOptions } from './input/options.ts'
import type { MoveOptions } from './move.ts'
import { printError } from './output/print.ts'
import type { RbacOptions } from './rbac.ts'
import type { RecheckOptions } from './recheck.ts'
import type { RenderOptions } from './render.ts'

/** Parses the arguments and runs a command. Invalid input becomes a message and exit code 1. */
export async function program (args: string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof InputError || error instanceof ConfigError)) throw error
    printError(error.message)
    process.exitCode = 1
  }
}

/** Examples by command, for the help and the reference page. */
export const examples: Readonly<Record<string, string[]>> = {
  serve: ['K8S_MTP_PORT=9443 K8S_MTP_TLS_CERT_FILE=tls.crt K8S_MTP_TLS_KEY_FILE=tls.key k8s-mtp serve'],
  render: ['k8s-mtp render -f tenants/ --classes classes/ --known-subjects known-subjects.txt', 'k8s-mtp render -f tenant.yaml -o json'],
  apply: ['k8s-mtp apply -f classes/', 'k8s-mtp apply -f tenants/ --field-manager ci --timeout 2m'],
  adopt: [
    'k8s-mtp adopt acme tenant-acme-shop',
    'k8s-mtp adopt acme tenant-acme-shop --yes --as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters',
    'k8s-mtp adopt --all --yes --as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'
  ],
  move: [
    'k8s-mtp move tenant-acme-shop --to globex',
    'k8s-mtp move tenant-acme-shop --to globex --yes --as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'
  ],
  release: [
    'k8s-mtp release acme tenant-acme-shop',
    'k8s-mtp release acme tenant-acme-shop --yes --as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'
  ],
  check: ['k8s-mtp check --pre', 'k8s-mtp check', 'k8s-mtp check -o json'],
  recheck: ['k8s-mtp recheck acme', 'k8s-mtp recheck -o json'],
  crds: ['k8s-mtp crds --output crds/'],
  guardrails: [
    'k8s-mtp guardrails | kubectl apply -f -',
    'k8s-mtp guardrails --pod-security restricted baseline --output guardrails/'
  ],
  defaults: ['k8s-mtp defaults | kubectl apply -f -', 'k8s-mtp defaults --break-glass sre --output defaults/'],
  rbac: ['k8s-mtp rbac --classes classes/ | kubectl apply --server-side -f -']
}

/** Each command imports its modules when it runs: `render` needs no server, `serve` no YAML. */
export function createProgram (): Command {
  const root = new Command('k8s-mtp')
    .description('Multi-tenant Kubernetes: turns each Tenant into a secure, isolated namespace and corrects drift.')
    .version(packageVersion)
    .showHelpAfterError()

  root.command('serve')
    .description('run the webhook server that Metacontroller calls')
    .addHelpText('after', `\n${describeEnvironment()}`)
    .action(async () => await (await import('./serve.ts')).serve())

  root.command('render')
    .description('print the objects that Tenants produce, without a cluster')
    .requiredOption('-f, --filename <path>', 'file or folder with Tenants and TenantClasses, read recursively')
    .option('--classes <path>', 'file or folder with TenantClasses ' +
      '(default: those beside the Tenants, and the shipped ones under names that these do not use)')
    .option('--known-subjects <file>', 'refuse Tenants with other subjects than those in this file, one a line: ' +
      'User ada@acme.example, Group *-leads or ServiceAccount ci/deployer')
    .option('-o, --output <format>', 'yaml or json', 'yaml')
    .action(async (options: RenderOptions) => await (await import('./render.ts')).render(options))

  withConnectionOptions(root.command('apply')
    .description('apply TenantClasses, Tenants and CustomResourceDefinitions by server-side apply, and take over fields of other ' +
      'field managers')
    .requiredOption('-f, --filename <path>', 'file or folder with TenantClasses, Tenants and CustomResourceDefinitions, read recursively')
    .option('--field-manager <name>', 'name of the field manager; fields you no longer declare are removed', 'k8s-mtp')
    .option('--timeout <duration>', 'how long to wait until the API server serves the kinds', '60s')
    .option('--engine-service-account <namespace/name>', 'ServiceAccount of Metacontroller: classes with permissions ' +
      'that it lacks are refused (default: k8s-mtp-system/k8s-mtp-metacontroller, or metacontroller/metacontroller)'))
    .action(async (options: ApplyOptions) => await (await import('./apply.ts')).apply(options))

  withChangeOptions(root.command('adopt'))
    .description('adopt an existing namespace, with everything in it, into a Tenant')
    .argument('[tenant]', 'name of the Tenant')
    .argument('[namespace]', 'name of the namespace: tenant-<metadata.name>-<spec.name>, or one in spec.namespaces')
    .option('--all', 'adopt all namespaces whose Tenants have a new uid, as after a restore from backup')
    .option('-o, --output <format>', 'text or json', 'text')
    .action(async (tenant: string | undefined, namespace: string | undefined, options: AdoptOptions) =>
      await (await import('./adopt.ts')).adopt(tenant, namespace, options))

  withChangeOptions(root.command('move'))
    .description('move a namespace, with everything in it, from its Tenant to another')
    .argument('<namespace>', 'name of the namespace')
    .requiredOption('--to <tenant>', 'name of the Tenant, which lists the namespace under spec.namespaces as existing')
    .action(async (namespace: string, options: MoveOptions) => await (await import('./move.ts')).move(namespace, options))

  withChangeOptions(root.command('release'))
    .description('stop managing a namespace, which stays with everything in it')
    .argument('<tenant>', 'name of the Tenant')
    .argument('<namespace>', 'name of the namespace')
    .action(async (tenant: string, namespace: string, options: ChangeOptions) =>
      await (await import('./release.ts')).release(tenant, namespace, options))

  withConnectionOptions(root.command('check'))
    .description('check that the cluster meets the requirements, and that the installation is complete, of one version and working')
    .option('--pre', 'check only what an installation requires, and whether you may install')
    .option('-o, --output <format>', 'text or json', 'text')
    .action(async (options: CheckOptions) => await (await import('./check.ts')).check(options))

  withConnectionOptions(root.command('recheck'))
    .description('list what exists in the namespaces of Tenants and would be refused today, as after a change of a TenantClass')
    .argument('[tenant]', 'name of the Tenant (default: all Tenants)')
    .option('-o, --output <format>', 'text or json', 'text')
    .action(async (tenant: string | undefined, options: RecheckOptions) => await (await import('./recheck.ts')).recheck(tenant, options))

  root.command('crds')
    .description('write the CustomResourceDefinitions')
    .requiredOption('--output <folder>', 'folder to write to')
    .action(async (options: { output: string }) => await (await import('./crds.ts')).crds(options))

  root.command('guardrails')
    .description('print the guardrails: ValidatingAdmissionPolicies and their bindings')
    .option('--engine-service-account <namespace/name>',
      'ServiceAccount of Metacontroller (default: metacontroller/metacontroller)')
    .option('--break-glass <group...>',
      'groups that the guardrails exempt, for emergencies (default: k8s-mtp:break-glass)')
    .option('--pod-security <level...>', 'Pod Security Standards that classes may enforce; ' +
      'privileged gives root on nodes to anyone who takes over the hook (default: restricted baseline)')
    .option('--platform-namespace <name...>',
      'namespaces of the platform, which no Tenant may list, besides that of Metacontroller (default: k8s-mtp-system)')
    .option('--output <folder>', 'write a file per guardrail and a kustomization to this folder, and print nothing')
    .action(async (options: GuardrailOptions) => await (await import('./guardrails.ts')).guardrails(options))

  root.command('defaults')
    .description('print the policies by which the API server fills in defaults of pods: MutatingAdmissionPolicies and their bindings')
    .option('--break-glass <group...>',
      'groups whose requests stay as they are, for emergencies (default: k8s-mtp:break-glass)')
    .option('--output <folder>', 'write a file per policy and a kustomization to this folder, and print nothing')
    .action(async (options: DefaultsOptions) => await (await import('./defaults.ts')).defaults(options))

  root.command('rbac')
    .description('print the ClusterRoles of Metacontroller and of users')
    .option('--classes <path>',
      'file or folder with TenantClasses whose permissions Metacontroller grants (default: the shipped classes)')
    .option('--escalate', 'let Metacontroller grant any permission, for classes that change often; risk: ' +
      'https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/adr/0012-engine-permissions.md')
    .option('--output <folder>', 'write a file per role and a kustomization to this folder, and print nothing')
    .action(async (options: RbacOptions) => await (await import('./rbac.ts')).rbac(options))

  for (const command of root.commands) {
    command.addHelpText('after', `\nExamples:\n${(examples[command.name()] ?? []).map(line => `  ${line}`).join('\n')}`)
  }
  return root
}
