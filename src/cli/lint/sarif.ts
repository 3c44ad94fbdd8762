import { pathToFileURL } from 'node:url'
import { isOwnRule, helpAddress, isRuleName, rules, type RuleName } from '../../lint/rules.ts'
import { isOutside, relativeFile } from './relative-file.ts'
import type { LintReport } from './report.ts'

/** SARIF 2.1.0, for code scanning. Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function sarifLog (report: LintReport) {
  const names = Object.keys(rules).filter(isRuleName)
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: {
        driver: {
          name: 'k8s-mtp',
          version: report.version,
          semanticVersion: report.version,
          informationUri: 'https://github.com/k8s-mtp/k8s-mtp',
          rules: names.map(descriptorOf)
        }
      },
      columnKind: 'utf16CodeUnits',
      results: report.findings.map(finding => resultOf(finding, names))
    }]
  }
}

function descriptorOf (name: RuleName) {
  const { summary, severity } = rules[name]
  return {
    id: name,
    shortDescription: { text: `${summary}.` },
    helpUri: helpAddress(name),
    help: { text: `See ${helpAddress(name)}`, markdown: `[${name}](${helpAddress(name)})` },
    defaultConfiguration: { level: severity },
    properties: { tags: [isOwnRule(name) ? 'tenancy' : 'amounts'] }
  }
}

function resultOf ({ rule, severity, file, line, column, path, message }: LintReport['findings'][number], names: readonly string[]) {
  return {
    ruleId: rule,
    ruleIndex: names.indexOf(rule),
    level: severity,
    message: { text: messageText(`${path === '' ? '' : `${path}: `}${message}`) },
    locations: [{
      physicalLocation: { artifactLocation: artifactOf(file), region: { startLine: line, startColumn: column } }
    }]
  }
}

/** Viewers replace {0}, and make a link of [text](address). Source: sections 3.11.5 and 3.11.6 */
function messageText (text: string): string {
  return text.replaceAll(/[{}]/g, '$&$&').replaceAll('](', '] (')
}

function artifactOf (file: string): { uri: string, uriBaseId?: string } {
  const path = relativeFile(file)
  if (isOutside(path)) return { uri: pathToFileURL(file).href }
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' }
}
