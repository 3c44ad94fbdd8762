import { describeEnvironment } from '../../server/config.ts'
import type { CrdsOptions } from '../crds.ts'
import type { DefaultsOptions } from '../defaults.ts'
import type { GuardrailOptions } from '../guardrails.ts'
import type { RbacOptions } from '../rbac.ts'
import type { CliCommand } from './cli-command.ts'

/** Commands for those who install without the chart, and the hook itself. */
export function addInstallationCommands (root: CliCommand): void {
  root.commandsGroup('Installation without the chart:')

  root.command('crds')
    .description('print the CustomResourceDefinitions')
    .outputDir('a file per definition')
    .action(async (options: CrdsOptions) => await (await import('../crds.ts')).crds(options))
    .examples('k8s-mtp crds | kubectl apply --server-side -f -', 'k8s-mtp crds --output-dir crds/')

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
    .outputDir('a file per guardrail and a kustomization')
    .action(async (options: GuardrailOptions) => await (await import('../guardrails.ts')).guardrails(options))
    .examples('k8s-mtp guardrails | kubectl apply -f -', 'k8s-mtp guardrails --pod-security restricted baseline --output-dir guardrails/')

  root.command('defaults')
    .description('print the policies by which the API server fills in defaults of pods: MutatingAdmissionPolicies and their bindings')
    .option('--break-glass <group...>',
      'groups whose requests stay as they are, for emergencies (default: k8s-mtp:break-glass)')
    .outputDir('a file per policy and a kustomization')
    .action(async (options: DefaultsOptions) => await (await import('../defaults.ts')).defaults(options))
    .examples('k8s-mtp defaults | kubectl apply -f -', 'k8s-mtp defaults --break-glass sre --output-dir defaults/')

  root.command('rbac')
    .description('print the ClusterRoles of Metacontroller and of users')
    .classes(' whose permissions Metacontroller grants; can be repeated (default: the shipped classes)')
    .option('--escalate', 'let Metacontroller grant any permission, for classes that change often; risk: ' +
      'https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/adr/0012-engine-permissions.md')
    .outputDir('a file per role and a kustomization')
    .action(async (options: RbacOptions) => await (await import('../rbac.ts')).rbac(options))
    .examples('k8s-mtp rbac --classes classes/ | kubectl apply --server-side -f -')

  root.command('serve')
    .description('run the webhook server that Metacontroller calls')
    .addHelpText('after', `\n${describeEnvironment()}`)
    .action(async () => await (await import('../serve.ts')).serve())
    .examples('K8S_MTP_PORT=9443 K8S_MTP_TLS_CERT_FILE=tls.crt K8S_MTP_TLS_KEY_FILE=tls.key k8s-mtp serve')
}
