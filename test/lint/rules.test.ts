import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isMap, parseAllDocuments, parseDocument, type Document } from 'yaml'
import { explanations } from '../../docs/generate/lint-explanations.ts'
import { amountRules } from '../../src/lint/amount-rules.ts'
import { isOwnRule, isRuleName, rules, type OwnRule } from '../../src/lint/rules.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { lintTexts } from '../support/lint.ts'

let folder = ''
let knownSubjects = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-known-'))
  knownSubjects = join(folder, 'known-subjects.txt')
  writeFileSync(knownSubjects, 'Group acme-leads\n')
})
afterAll(() => { rmSync(folder, { recursive: true }) })

const shipped = readFileSync(repositoryPath('examples/classes/standard.yaml'), 'utf8')

/** Fills in the fields that an example of a class leaves out, from a shipped class. */
function completed (text: string): string {
  const documents: Document[] = [...parseAllDocuments(text)]
  if (documents.some(({ errors }) => errors.length > 0) || !text.includes('kind: TenantClass')) return text
  return documents.map(document => {
    const { kind, metadata, spec } = document.toJS() as { kind: string, metadata: { name: string }, spec: Record<string, unknown> }
    if (kind !== 'TenantClass') return document.toString()
    const whole = parseDocument(shipped)
    whole.setIn(['metadata', 'name'], metadata.name)
    for (const [field, value] of Object.entries(spec)) {
      const nested = isMap(whole.getIn(['spec', field])) && typeof value === 'object' && value !== null ? Object.entries(value) : undefined
      if (nested === undefined) whole.setIn(['spec', field], value)
      else for (const [key, each] of nested) whole.setIn(['spec', field, key], each)
    }
    return whole.toString()
  }).join('---\n')
}

async function rulesIn (text: string, name: OwnRule): Promise<string[]> {
  const { findings } = await lintTexts({ 'a.yaml': completed(text) }, name === 'unknown-subject' ? { knownSubjects } : {})
  return findings.map(({ rule }) => rule)
}

const own = Object.keys(rules).filter(isRuleName).filter(isOwnRule)

describe('the rule', () => {
  it.each(own)('%s reports its bad example, and not its good one', async name => {
    const [bad, good] = [await rulesIn(explanations[name].bad, name), await rulesIn(explanations[name].good, name)]
    expect(bad).toContain(name)
    expect(good).toEqual([])
    // What else an example has wrong would confuse a reader. In these, the finding leads to others.
    expect([...new Set(bad)]).toEqual([name])
  })

  it.each(own)('%s has an anchor, and is not one of classes.md', name => {
    expect(readFileSync(repositoryPath('docs/reference/lint.md'), 'utf8')).toContain(`\n## ${name}\n`)
    expect(Object.keys(amountRules)).not.toContain(name)
  })
})

describe('the rules about amounts', () => {
  it('are those with a heading in docs/classes.md', () => {
    const headings = [...readFileSync(repositoryPath('docs/classes.md'), 'utf8').matchAll(/^#### ([a-z-]+)$/gm)].map(([, name]) => name)
    expect(Object.keys(amountRules).sort()).toEqual(headings.sort())
  })

  it('are reported under their names', async () => {
    const { findings } = await lintTexts({ 'a.yaml': shipped.replace('name: standard', 'name: gold').replace(/pods: "\d+"/, 'pods: "100000"') })
    expect(findings.map(({ rule, severity }) => [rule, severity])).toContainEqual(['pods-beyond-requests', 'warning'])
  })
})
