import { readFileSync } from 'node:fs'
import { readAlerts } from './alerts.ts'
import { seriesOfHook, seriesOfTenants, type Series } from './series.ts'

const docs = new URL('../docs/', import.meta.url)
/** The page that holds the tables. */
export const observabilityPage = new URL('observability.md', docs)

/** The page with its tables as they have to be. Throws where it has no place for one. */
export function withTables (page: string): string {
  return Object.entries({ alerts: alertTable(), hook: seriesTable(seriesOfHook()), tenants: seriesTable(seriesOfTenants()) }).reduce((text, [name, table]) => {
    const place = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[^]*?(<!-- /${name} -->)`)
    if (!place.test(text)) throw new Error(`the page has no place for the table ${name}: put <!-- ${name}: --> and <!-- /${name} --> where it shall be`)
    return text.replace(place, (_, begin: string, end: string) => `${begin}\n${table}\n\n${end}`)
  }, page)
}

/** When an alert fires is the first sentence of its runbook. */
function alertTable (): string {
  const alerts = readAlerts()
  return table(['alert', 'severity', 'fires when'], [...new Set(alerts.map(({ alert }) => alert))].map(name => {
    const [, paragraph = ''] = readFileSync(new URL(`runbooks/${name}.md`, docs), 'utf8').split('\n\n')
    const [sentence = ''] = paragraph.replaceAll('\n', ' ').split(/(?<=\.) /)
    const severities = alerts.filter(({ alert }) => alert === name).map(({ labels }) => labels.severity)
    return [`[${name}](runbooks/${name}.md)`, severities.join(', then '), sentence]
  }))
}

function seriesTable (series: readonly Series[]): string {
  return table(['series', 'labels', 'meaning'], series.map(({ name, labels, help }) => [`\`${name}\``, labels.map(label => `\`${label}\``).join(', '), help]))
}

function table (columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}
