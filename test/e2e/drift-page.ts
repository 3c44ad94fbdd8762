import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { strategies } from '../strategies.ts'
import type { Outcome } from './drift-rows.ts'

const page = repositoryPath('docs/reference/drift-table.md')
const marker = '<!-- Written by the end-to-end suite with K8S_MTP_WRITE_DOCS=1. -->'

/** The cells of each line by strategy, by the key of the line. */
type Lines = Map<string, Record<string, string>>

const keyOf = ({ kind, name, field, damage }: Outcome) =>
  `| ${[kind, name].filter(part => part !== '').join('/')} | ${field === '' ? 'all of it' : `\`${field}\``} | ${damage} |`
const cellOf = (outcome: Outcome) => outcome.result === 'corrected' ? String(outcome.milliseconds) : outcome.result

/** Replaces the results of one strategy, and keeps those of the other. */
export function writePage (strategy: string, outcomes: Outcome[]): void {
  const lines = linesIn(readPage())
  for (const cells of lines.values()) cells[strategy] = ''
  for (const outcome of outcomes) lines.set(keyOf(outcome), { ...lines.get(keyOf(outcome)), [strategy]: cellOf(outcome) })
  const rows = [...lines].filter(([, cells]) => strategies.some(name => (cells[name] ?? '') !== ''))
    .map(([key, cells]) => `${key} ${strategies.map(name => cells[name] || '-').join(' | ')} |`)
  const [text = ''] = readPage().split(marker)
  writeFileSync(page, [
    `${text}${marker}`,
    '',
    '| | rows | corrected | median | worst |',
    '| --- | --- | --- | --- | --- |',
    ...strategies.map(name => summary(name, [...lines.values()].map(cells => cells[name] ?? ''))),
    '',
    '| object | field | damage | dynamic-apply, ms | server-side-apply, ms |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ''
  ].join('\n'))
}

function summary (strategy: string, cells: string[]): string {
  const times = cells.filter(cell => /^\d+$/.test(cell)).map(Number).sort((a, b) => a - b)
  return `| ${strategy} | ${cells.filter(
    cell => cell !== '' && cell !== '-'
  ).length} | ${times.length} | ${times[times.length >> 1] ?? '-'} ms | ${times.at(-1) ?? '-'} ms |`
}

/** Expects exactly these rows and results on the page; times are not compared. */
export function expectPageLists (strategy: string, outcomes: Outcome[]): void {
  const timeless = (cell: string) => /^\d+$/.test(cell) ? 'corrected' : cell
  const listed = [...linesIn(readPage())].flatMap(
    ([key, cells]) => (cells[strategy] ?? '-') === '-' ? [] : [`${key} ${timeless(cells[strategy] ?? '')}`]
  )
  expect(listed.sort(), 'docs/reference/drift-table.md: run this test with K8S_MTP_WRITE_DOCS=1').toEqual(
    outcomes.map(outcome => `${keyOf(outcome)} ${outcome.result}`).sort()
  )
}

function readPage (): string {
  return existsSync(page) ? readFileSync(page, 'utf8') : ''
}

function linesIn (text: string): Lines {
  const rows = text.split('\n').filter(line => /^\| [A-Z]\w+(\/[\w-]+)? \|/.test(line))
  return new Map(rows.map(line => {
    const [, object = '', field = '', damage = '', ...cells] = line.split('|').map(cell => cell.trim())
    return [`| ${object} | ${field} | ${damage} |`, Object.fromEntries(strategies.map((name, index) => [name, cells[index] ?? '-']))]
  }))
}
