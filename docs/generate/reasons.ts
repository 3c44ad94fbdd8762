import { conditionTypes, reasons, type Reason } from '../../src/api/condition.ts'
import type { NamespaceStatus, TenantPhase } from '../../src/api/tenant-status.ts'
import { explanations } from './explanations.ts'
import { table } from './table.ts'
import { codeBlock, generatedFrom, wrap } from './text.ts'

/** Returns docs/reference/reasons.md, with an anchor for each reason. */
export function reasonsPage (): string {
  return `${[
    '# Reasons, conditions and phases',
    generatedFrom('docs/generate/explanations.ts'),
    introduction,
    table(['reason', 'meaning'], reasons.map(name => [`[${name}](#${name.toLowerCase()})`, explanations[name].meaning])),
    '## Condition types',
    wrap('Programs read conditions. They follow ' +
      '[kstatus](https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md).'),
    rows(['type', 'meaning'], conditionTypes),
    '## Phases of a Tenant',
    wrap('`status.phase` is a summary for people.'),
    rows(['phase', 'meaning'], tenantPhases),
    '## Phases of a namespace',
    wrap('`status.namespaces[].phase`.'),
    rows(['phase', 'meaning'], namespacePhases),
    ...reasons.flatMap(section)
  ].join('\n\n')}\n`
}

const introduction = [
  wrap('Each condition of a Tenant has a reason and a message. The message says what is wrong in this Tenant; ' +
    'this page says what each reason means, and what to do. In the commands, `acme` is the Tenant and `tenant-acme-shop` its namespace.'),
  codeBlock('sh', 'kubectl get tenants -o wide\nkubectl describe tenants.k8s-mtp.dev acme'),
  wrap('Managed objects are guarded. Commands marked **as break-glass** need a member of a break-glass group ' +
    '([security](../security.md#break-glass-access)): add `--as=break-glass --as-group=k8s-mtp:break-glass ' +
    '--as-group=system:masters`, or groups of your own. [Install the CLI](cli.md#install) for the commands of `k8s-mtp`.')
].join('\n\n')

const tenantPhases: Record<TenantPhase, string> = {
  Provisioning: 'Objects are created or corrected.',
  Active: 'The Tenant is Ready.',
  Paused: '`spec.paused` is true.',
  Blocked: 'The Tenant is on hold: nothing is created, changed or deleted until its input is corrected. Access may still shrink.',
  Terminating: 'The Tenant is being deleted.'
}

const namespacePhases: Record<NamespaceStatus['phase'], string> = {
  Pending: 'The namespace does not exist yet.',
  Active: 'The namespace exists and belongs to this Tenant.',
  Terminating: 'The namespace is being deleted.',
  Conflict: 'A namespace of this name exists and does not belong to this Tenant: [NamespaceConflict](#namespaceconflict).'
}

function section (name: Reason): string[] {
  const { meaning, cause, action } = explanations[name]
  return [`## ${name}`, wrap(meaning), wrap(`**Cause**: ${cause}`), actionText(action)]
}

type Step = readonly [instruction: string, ...commands: string[]]

function actionText (steps: readonly Step[]): string {
  const [only, ...others] = steps
  if (only !== undefined && others.length === 0) return stepText('**Action**: ', only, '')
  return ['**Action**:', ...steps.map((step, index) => stepText(`${index + 1}. `, step, '   '))].join('\n\n')
}

function stepText (start: string, [instruction, ...commands]: Step, indent: string): string {
  const text = wrap(start + breakGlass(instruction), indent)
  return commands.length === 0 ? text : `${text}\n\n${codeBlock('sh', commands.join('\n'), indent)}`
}

function breakGlass (instruction: string): string {
  return instruction.replace('as break-glass', '**as break-glass**')
}

function rows (columns: [string, string], meanings: Record<string, string>): string {
  return table(columns, Object.entries(meanings).map(([name, meaning]) => [`\`${name}\``, meaning]))
}
