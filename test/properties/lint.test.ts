import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/cli/input/input-error.ts'
import { lintFiles } from '../../src/cli/lint/lint-files.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { casesOfRun } from '../support/cases-of-run.ts'

let folder = ''
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-property-')) })
afterAll(() => { rmSync(folder, { recursive: true }) })

const texts = ['tenants/acme.yaml', 'gitops/tenants/orders/tenant.yaml', 'gitops/tenants/payments/tenant.yaml', 'classes/small.yaml', 'gitops/classes/batch.yaml']
  .map(path => readFileSync(repositoryPath(`examples/${path}`), 'utf8'))

const piece = fc.oneof(
  fc.constantFrom('\n', '\r\n', '  ', '- ', ': ', '{', '}', '[', ']', '"', '\'', '&a ', '*a', '<<: *a', '|', '>-', '---\n', '...\n', '# k8s-mtp-lint-disable x', '#', 'null',
    'true', '1e999', '0x1', '!!binary ', '? ', '\t', '\u2028', '😀', '%YAML 1.1\n', 'spec:', 'namespaces:', 'existing: kube-system', 'kind: Tenant', 'kind: List\nitems: []'),
  fc.string({ unit: 'binary', maxLength: 8 })
)

/** Documents with parts cut out, repeated and replaced. */
const broken = fc.tuple(
  fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 3 }),
  fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(40), piece), { maxLength: 6 })
).map(([documents, changes]) => changes.reduce((text, [place, length, by]) => {
  const start = Math.floor(place * text.length)
  return text.slice(0, start) + by + text.slice(start + length)
}, documents.join('---\n')))

describe('lint of broken input', () => {
  it('ends with a report or an InputError, and each finding is at a line of the file', async () => {
    const cases = casesOfRun(150)
    let reports = 0
    await fc.assert(fc.asyncProperty(broken, async text => {
      const file = join(folder, 'a.yaml')
      writeFileSync(file, text)
      const report = await lintFiles([file], {}).catch((error: unknown) => {
        if (!(error instanceof InputError)) throw error
      })
      if (report === undefined) return
      reports += report.findings.length
      const lines = readFileSync(file, 'utf8').split('\n')
      for (const { line, column } of report.findings) {
        expect(line).toBeGreaterThanOrEqual(1)
        expect(line).toBeLessThanOrEqual(lines.length)
        expect(column).toBeGreaterThanOrEqual(1)
        expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1)
      }
    }), { numRuns: cases })
    expect(reports).toBeGreaterThan(cases / 3)
  })

  it('ends for deep nesting and aliases that expand without bound', async () => {
    const bombs = ['['.repeat(20_000), `${'a: {'.repeat(5_000)}`, `a: &a [x]\n${Array.from({ length: 30 }, (_, index) => `b${index}: &b${index} [*${index === 0 ? 'a' : `b${index - 1}`}, *${index === 0 ? 'a' : `b${index - 1}`}]`).join('\n')}`]
    for (const text of bombs) {
      const file = join(folder, 'bomb.yaml')
      writeFileSync(file, text)
      const { findings } = await lintFiles([file], {})
      expect(findings.map(({ rule }) => rule)).toContain('invalid-yaml')
    }
  })
})
