import { isOwnRule, isRuleName, rules, type OwnRule, type RuleName } from '../../src/lint/rules.ts'
import { explanations } from './lint-explanations.ts'
import { table } from './table.ts'
import { codeBlock, generatedFrom, wrap } from './text.ts'

const names: RuleName[] = Object.keys(rules).filter(isRuleName)

/** Returns docs/reference/lint.md, with an anchor for each rule. */
export function lintPage (): string {
  return `${[
    '# Rules of k8s-mtp lint',
    generatedFrom('src/lint/rules.ts and docs/generate/lint-explanations.ts'),
    introduction,
    table(['Rule', 'Severity', 'Reports'], names.map(row)),
    '## Output',
    output,
    '## Disable a rule',
    disabling,
    ...names.filter(isOwnRule).flatMap(section)
  ].join('\n\n')}\n`
}

const introduction = [
  wrap('`k8s-mtp lint` reports the file, line and column of each finding, without a cluster. An **error** is refused by `k8s-mtp render`, ' +
    'by the API server, or puts the Tenant on hold. A **warning** is valid, and probably not meant. Names of rules are stable.'),
  codeBlock('sh', 'k8s-mtp lint -f tenants/ --classes classes/ --known-subjects known-subjects.txt'),
  wrap('It exits with 0 without errors, with 1 after errors (with `--strict`, after warnings too), and with 2 if an argument cannot be used ' +
    'or there is nothing to read. Rules that compare objects need all of them: while a file cannot be read, `unused-class`, `one-sided-peer` ' +
    'and, for classes, `unknown-class` report nothing.')
].join('\n\n')

const output = table(['`-o`', 'Output'], [
  ['`text`', '`file:line:column: severity: field: message (rule)` for each finding, as compilers print it, and a summary'],
  ['`github`', 'a [workflow command](https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands) for each ' +
    'finding, which GitHub shows beside the line; run it at the root of the repository'],
  ['`json`', 'an object with the [JSON Schema](schemas/lint_v1.json)'],
  ['`sarif`', 'SARIF 2.1.0, for code scanning of GitHub, and for editors']
])

const disabling = [
  wrap('Errors cannot be disabled. A comment disables warnings of one line: at its end, or in a line of its own above. It takes several ' +
    'rules, separated by spaces or commas. Reviewers see it beside the value.'),
  codeBlock('yaml', '  quotas:\n    # The load test needs exactly these, whatever the class says.\n' +
    '    # k8s-mtp-lint-disable redundant-override\n    tenant-quota: {pods: "20"}\n  cordoned: true # k8s-mtp-lint-disable cordoned-tenant'),
  wrap('The summary counts what comments disable. `--disable RULE` disables a rule everywhere.')
].join('\n\n')

function row (name: RuleName): string[] {
  const { severity, summary } = rules[name]
  const address = isOwnRule(name) ? `#${name}` : `../classes.md#${name}`
  return [`[${name}](${address})`, severity, summary]
}

function section (name: OwnRule): string[] {
  const { why, remedy, bad, good } = explanations[name]
  const { severity, summary } = rules[name]
  return [
    `## ${name}`,
    wrap(`${summary}: ${severity === 'error' ? 'an error' : 'a warning'}.`),
    wrap(`**Why**: ${why}`),
    'Reported:',
    codeBlock('yaml', bad),
    'Not reported:',
    codeBlock('yaml', good),
    wrap(`**Remedy**: ${remedy}`)
  ]
}
