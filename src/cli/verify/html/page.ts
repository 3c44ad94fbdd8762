import type { Family, State } from '../../../verify/check.ts'
import {
  summaryOf, undecidedReasons, verdictOf, type CheckResult, type NamespaceReport, type Summary, type VerifyReport
} from '../../../verify/report.ts'
import { plural } from '../../../plural.ts'
import { html, type Html } from './escape.ts'
import { style } from './style.ts'

type Titles = ReadonlyArray<Pick<Family, 'id' | 'title'>>

const words: Record<State, string> = { failed: 'Failed', warning: 'Warning', passed: 'Passed', skipped: 'Skipped' }
const nouns: Record<State, string> = { failed: 'failed', warning: 'warnings', passed: 'passed', skipped: 'skipped' }
const states: readonly State[] = ['failed', 'warning', 'passed', 'skipped']
const levels = ['', 'essential', 'hardening', 'self-service']

/** The report as one file, without scripts: it can be opened from a mail or an archive. */
export function verifyPage (report: VerifyReport, families: Titles): string {
  const { namespaces, summary, time, version, kubernetes } = report
  const title = namespaces.length === 1 ? `Isolation of ${namespaces[0]?.namespace ?? ''}` : `Isolation of ${namespaces.length} namespaces`
  const policy = "default-src 'none'; style-src 'unsafe-inline'"
  const facts = html`<span><time datetime="${time}">${time.slice(0, 16).replace('T', ' ')} UTC</time></span>
<span>Kubernetes ${kubernetes}</span><span>k8s-mtp ${version}</span>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${{ html: style }}</style>
</head>
<body>
<header class="top">
<h1>${title}</h1>
<p class="meta soft">${facts}</p>
${verdict(summary, undecidedReasons(namespaces.flatMap(({ checks }) => checks)))}
</header>
<main>
${namespaces.length > 1 ? overview(namespaces) : []}
${namespaces.map((each, index) => namespaceSection(each, families, index))}
</main>
<footer>The API server was asked as the subjects of each namespace, by access reviews and dry runs.
Nothing was written. Skipped never means isolated: the check does not apply, or was not decided.</footer>
</body>
</html>
`.html
}

/** Reasons on top of the page; all are beside their checks. */
const maxReasons = 5

function verdict (summary: Summary, reasons: readonly string[]): Html {
  const state = verdictOf(summary)
  const text = {
    failed: `${plural(summary.failed, 'check')} failed`,
    warning: `No check failed, with ${plural(summary.warning, 'warning')}`,
    undecided: `Not decided: ${plural(summary.undecided, 'essential check')}`,
    passed: 'No check failed'
  }[state]
  const items = reasons.slice(0, maxReasons).map(reason => html`<li>${reason}</li>`)
  const why = items.length === 0 ? [] : html`<ul class="reasons">${items}</ul>`
  return html`<section class="verdict ${state}" aria-label="Summary"><p class="word">${text}</p>${why}
<ul class="counts">${states.map(count)}</ul></section>`

  function count (each: State): Html {
    return html`<li class="${summary[each] === 0 ? 'none' : each}"><strong>${summary[each]}</strong>${nouns[each]}</li>`
  }
}

function overview (namespaces: readonly NamespaceReport[]): Html {
  const rows = namespaces.map(({ namespace, tenant = '–', class: className = '–', summary }, index) => html`<tr>
<td><a href="#n${index}">${namespace}</a></td><td>${tenant}</td><td>${className}</td>
${states.map(state => html`<td class="number">${summary[state]}</td>`)}
</tr>`)
  const head = ['Namespace', 'Tenant', 'Class'].map(text => html`<th scope="col">${text}</th>`)
  const counts = states.map(state => html`<th scope="col" class="number">${words[state]}</th>`)
  return html`<h3>Namespaces</h3>
<div class="wide"><table><thead><tr>${head}${counts}</tr></thead><tbody>${rows}</tbody></table></div>`
}

function namespaceSection (report: NamespaceReport, families: Titles, index: number): Html {
  const { namespace, tenant, class: className = '', subjects, checks } = report
  const owner = tenant === undefined ? 'no Tenant' : `Tenant ${tenant}, class ${className}`
  const findings = checks.filter(({ state }) => state === 'failed' || state === 'warning')
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state) || a.level - b.level)
  const groups = families.map(({ id, title }) => ({ id: `n${index}-${id}`, title, results: checks.filter(({ family }) => family === id) }))
    .filter(({ results }) => results.length > 0)
  return html`<section class="namespace" id="n${index}">
<header><h2>${namespace}</h2><span class="soft">${owner}</span></header>
<ul class="subjects" aria-label="Subjects">${subjects.map(subject)}</ul>
<ul class="tiles">${groups.map(tile)}</ul>
${findings.length === 0 ? [] : list('', 'What to do', findings.map(result => check(result, findings.length <= maxOpen)))}
${groups.map(({ id, title, results }) => list(id, title, results.map(result => check(result))))}
</section>`
}

/** Of more findings, the reader opens those of interest. */
const maxOpen = 8

function list (id: string, title: string, checks: readonly Html[]): Html {
  return html`<section${id === '' ? [] : html` id="${id}"`}><h3>${title}</h3><div class="list">${checks}</div></section>`
}

function subject ({ kind, name, namespace, roles }: NamespaceReport['subjects'][number]): Html {
  return html`<li>${kind} ${namespace === undefined ? name : `${namespace}/${name}`} <span class="soft">${roles.join(', ')}</span></li>`
}

function tile ({ id, title, results }: { id: string, title: string, results: readonly CheckResult[] }): Html {
  const summary = summaryOf(results)
  const counted = states.filter(state => summary[state] > 0)
  const bar = counted.map(state => html`<i class="${state}" style="flex: ${summary[state]}"></i>`)
  return html`<li><a href="#${id}"><b>${title}</b>
<span class="soft">${counted.map(state => `${summary[state]} ${state}`).join(', ')}</span>
<div class="bar" aria-hidden="true">${bar}</div></a></li>`
}

function check ({ id, state, undecided, level, title, message, why, remedy, page, benchmarks = [] }: CheckResult, isOpen = false): Html {
  const help = state === 'passed' || state === 'skipped' ? [] : html`<dt>Remedy</dt><dd>${remedy}</dd>`
  const known = benchmarks.length === 0 ? [] : html`<dt>Benchmark</dt><dd><code>${benchmarks.join(', ')}</code></dd>`
  return html`<details${isOpen ? { html: ' open' } : []}><summary>
<span class="pill ${state}">${undecided === true ? 'Not decided' : words[state]}</span>
<span class="title">${title}</span><span class="level">${levels[level] ?? ''}</span><span class="evidence">${message}</span></summary>
<dl>${help}<dt>Why</dt><dd>${why}</dd><dt>Check</dt>
<dd><a href="${page}"><code>${id}</code></a></dd>${known}</dl></details>
`
}
