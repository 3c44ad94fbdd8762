import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sarifLog } from '../../src/cli/lint/sarif.ts'
import { githubLines } from '../../src/cli/lint/github.ts'
import { lintFiles } from '../../src/cli/lint/lint-files.ts'
import { rules } from '../../src/lint/rules.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { builtProgram } from '../support/built-program.ts'
import { lintTexts, tenantText } from '../support/lint.ts'
import { attempt } from '../support/run.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-lint-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

function write (name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const program = async (args: string[], input = '') => await attempt(process.execPath, [builtProgram, 'lint', ...args], {
  cwd: folder, input
})

const found = async (files: Record<string, string>, options = {}) =>
  (await lintTexts(files, options)).findings.map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`)

describe('the examples of this repository have no findings', () => {
  it.each([
    ['examples/tenants', undefined, undefined],
    ['examples/classes', undefined, undefined],
    ['examples/gitops/tenants', ['examples/gitops/classes'], 'examples/gitops/known-subjects.txt']
  ])('%s', async (path, classes, known) => {
    const report = await lintFiles([repositoryPath(path)], {
      ...(classes !== undefined && { classes: classes.map(repositoryPath) }), ...(known !== undefined && { knownSubjects: repositoryPath(known) })
    }, new Date('2026-11-27T12:00:00Z'))
    expect(report.findings).toEqual([])
    expect(report.tenants + report.classes).toBeGreaterThan(0)
  })
})

describe('lint', () => {
  it('reports file, line and column of each value, in their order', async () => {
    expect(await found({
      'b.yaml': tenantText('acme', 'viewer: []', 'quotas: {tenant-quota: {pods: "4000"}}'),
      'a/c.yaml': `# comment\n---\n${tenantText('globex', 'paused: true')}---\n${tenantText('globex')}`
    })).toEqual([
      'a/c.yaml:9:11 paused-tenant', 'a/c.yaml:13:18 duplicate-object', 'b.yaml:7:11 unknown-field', 'b.yaml:8:33 override-not-allowed'
    ])
  })

  it('goes on after a file that is not valid YAML, without findings that follow from it', async () => {
    const files = {
      'broken.yaml': 'kind: [\n',
      'class.yaml': readFileSync(repositoryPath('examples/classes/small.yaml'), 'utf8').replace('name: small', 'name: gold'),
      'tenant.yaml': tenantText('acme', 'className: silver', 'cordoned: true')
    }
    expect(await found(files)).toEqual(['broken.yaml:2:1 invalid-yaml', 'tenant.yaml:8:13 cordoned-tenant'])
    expect(await found({ ...files, 'broken.yaml': '# nothing\n' })).toEqual([
      'class.yaml:7:9 unused-class', 'tenant.yaml:7:14 unknown-class', 'tenant.yaml:8:13 cordoned-tenant'
    ])
  })

  it('does not report a class as unused while the Tenant that uses it is invalid', async () => {
    const gold = readFileSync(repositoryPath('examples/classes/small.yaml'), 'utf8').replace('name: small', 'name: gold')
    const files = { 'class.yaml': gold, 'a.yaml': tenantText('acme', 'className: gold', 'deletionPolicy: Keep'), 'b.yaml': tenantText('globex') }
    expect(await found(files)).toEqual(['a.yaml:8:19 invalid-field'])
  })

  it('does not report a class as unknown while it is invalid', async () => {
    const gold = readFileSync(repositoryPath('examples/classes/small.yaml'), 'utf8').replace('name: small', 'name: gold').replace('podSecurity:', 'podSecurities:')
    const reported = await found({ 'class.yaml': gold, 'a.yaml': tenantText('acme', 'className: gold') })
    expect(reported.map(line => line.split(' ')[1])).not.toContain('unknown-class')
    expect(reported).not.toEqual([])
  })

  it('reports what entries of spec.namespaces inherit once, and what they declare at the entry', async () => {
    const spec = ['viewers: [{kind: User, name: eve, expiresAt: "2020-01-01T00:00:00Z"}]', 'namespaces:', '  - name: dev',
      '  - name: prod', '    className: nowhere', '    admins: [{kind: Group, name: x}, {kind: Group, name: x}]']
    expect(await found({ 'a.yaml': tenantText('acme', ...spec) })).toEqual([
      'a.yaml:7:48 expired-subject', 'a.yaml:11:18 unknown-class', 'a.yaml:12:40 duplicate-subject'
    ])
  })

  it('accepts a subject that is viewer in one namespace and admin in another, and one that is admin for a time', async () => {
    const spec = ['viewers: [{kind: Group, name: devs}, {kind: User, name: eve}]', 'operators: [{kind: User, name: eve, expiresAt: "2030-01-01T00:00:00Z"}]',
      'namespaces:', '  - name: dev', '    admins: [{kind: Group, name: devs}]']
    expect(await found({ 'a.yaml': tenantText('acme', ...spec) })).toEqual([])
  })

  it('is the same for CRLF, and counts columns in UTF-16 code units', async () => {
    const text = tenantText('acme', 'labels: {"😀": x}', 'paused: true')
    expect(await found({ 'a.yaml': text.replaceAll('\n', '\r\n') })).toEqual(await found({ 'a.yaml': text }))
    expect(await found({ 'a.yaml': tenantText('acme', '"😀": 1') })).toEqual(['a.yaml:7:9 unknown-field'])
  })

  it('reads no file twice, and no document without content', async () => {
    write('a.yaml', `---\n---\n# only a comment\n---\n${tenantText('acme')}`)
    expect((await lintFiles([folder, join(folder, 'a.yaml'), relative('', folder)], {})).findings).toEqual([])
  })
})

describe('a comment', () => {
  it.each([
    ['at the end of the line', ['paused: true # k8s-mtp-lint-disable paused-tenant'], 1],
    ['above the line', ['# k8s-mtp-lint-disable paused-tenant', '', '# why', 'paused: true'], 1],
    ['with several rules', ['# k8s-mtp-lint-disable expired-subject, duplicate-subject',
      'viewers: [{kind: User, name: eve, expiresAt: "2020-01-01T00:00:00Z"}, {kind: User, name: eve}]'], 2]
  ])('%s disables a warning, which is counted', async (_, lines, disabled) => {
    const report = await lintTexts({ 'a.yaml': tenantText('acme', ...lines) })
    expect(report).toMatchObject({ findings: [], disabled })
  })

  it.each([
    ['an error', 'deletionPolicy: Keep # k8s-mtp-lint-disable invalid-field', ['invalid-field', 'unused-disable']],
    ['an unknown rule', 'paused: true # k8s-mtp-lint-disable paused', ['paused-tenant', 'unused-disable']],
    ['no rule', 'paused: true # k8s-mtp-lint-disable', ['paused-tenant', 'unused-disable']],
    ['another line', 'paused: true\n  # k8s-mtp-lint-disable paused-tenant\n  cordoned: false', ['paused-tenant', 'unused-disable']],
    ['another rule', 'paused: true # k8s-mtp-lint-disable cordoned-tenant', ['paused-tenant', 'unused-disable']],
    ['a part of a text', 'paused: true # see k8s-mtp-lint-disable paused-tenant', ['paused-tenant']]
  ])('about %s disables nothing', async (_, line, expected) => {
    expect((await lintTexts({ 'a.yaml': tenantText('acme', line) })).findings.map(({ rule }) => rule).sort()).toEqual(expected)
  })

  const wanted = 'paused: true # k8s-mtp-lint-disable paused-tenant'
  it.each<[string, Record<string, string>]>([
    ['its Tenant is invalid', { 'a.yaml': tenantText('acme', wanted, 'deletionPolicy: Keep') }],
    ['its file is not valid YAML', { 'a.yaml': `${tenantText('acme', wanted)}  - x` }],
    ['another Tenant is invalid', {
      'a.yaml': tenantText('acme', 'network: {peers: [{tenant: other}]} # k8s-mtp-lint-disable one-sided-peer'), 'b.yaml': tenantText('other', 'deletionPolicy: Keep')
    }],
    ['the class is unknown', { 'a.yaml': tenantText('acme', 'className: gone', 'quotas: # k8s-mtp-lint-disable redundant-override', '  tenant-quota: {pods: "20"}') }]
  ])('is not reported as unused while %s', async (_, files) => {
    const { findings, errors } = await lintTexts(files)
    expect(errors).toBeGreaterThan(0)
    expect(findings.map(({ rule }) => rule)).not.toContain('unused-disable')
  })

  it('is not reported as unused where --disable disables its rule', async () => {
    const report = await lintTexts({ 'a.yaml': tenantText('acme', 'paused: true # k8s-mtp-lint-disable paused-tenant') }, { disabled: ['paused-tenant'] })
    expect(report.findings).toEqual([])
  })
})

describe('the command', () => {
  it('exits with 0 after warnings, and with 1 after errors or with --strict', async () => {
    write('a.yaml', tenantText('acme', 'paused: true'))
    const text = 'a.yaml:7:11: warning: spec.paused: drift is not corrected while the Tenant is paused. Set it to false to resume (paused-tenant)\n' +
      '1 Tenant and 0 TenantClasses: 1 warning\n'
    expect(await program(['-f', 'a.yaml'])).toEqual({ code: 0, stdout: text, stderr: '' })
    expect(await program(['-f', 'a.yaml', '--strict'])).toEqual({ code: 1, stdout: text, stderr: 'error: 1 warning.\n' })
    expect(await program(['-f', 'a.yaml', '--strict', '--disable', 'paused-tenant'])).toMatchObject({ code: 0 })
    expect(await program(['-f', '-', '-o', 'json'], tenantText('acme', 'nam: x'))).toMatchObject({
      code: 1, stdout: expect.stringContaining('"file": "<stdin>"') as unknown, stderr: 'error: 1 error.\n'
    })
  })

  it.each([
    [['-f', 'none']], [['-f', 'a.yaml', '-o', 'xml']], [['-f', 'a.yaml', '--disable', 'unknown-field']], [['-f', 'a.yaml', '--disable', 'no-such']],
    [['-f', 'a.yaml', '--known-subjects', 'none']], [['-f', 'a.yaml', '--classes', 'none']], [['-f', 'notes.yaml']], [[]]
  ])('exits with 2 for %j', async args => {
    write('a.yaml', tenantText('acme'))
    write('notes.yaml', 'kind: ConfigMap\napiVersion: v1\n')
    const { code, stderr, stdout } = await program(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: /)
  })
})

/** Text that would forge lines, commands, links and placeholders. */
const hostile = 'x\n::error::forged, %0A {0} [here](https://example.com) \u001b[31m'

describe('the output', () => {
  const report = async () => await lintTexts({ 'a b.yaml': tenantText('acme', `${JSON.stringify(hostile)}: 1`, 'paused: true') })

  it('for GitHub has errors first, each on one line, with escaped properties and text', async () => {
    const lines = githubLines({ ...await report(), findings: (await report()).findings.map(finding => ({ ...finding, file: 'a,b:c.yaml' })) })
    expect(lines).toEqual([
      expect.stringMatching(/^::error file=a%2Cb%3Ac\.yaml,line=7,col=\d+,title=unknown-field::spec\.x\\n::error::forged, %250A \{0\} /),
      expect.stringMatching(/^::warning file=a%2Cb%3Ac\.yaml,line=8,col=11,title=paused-tenant::spec\.paused: drift/)
    ])
    for (const line of lines) expect(line).not.toMatch(/[\n\r]/)
  })

  it('as JSON matches its published schema', async () => {
    const schema = JSON.parse(readFileSync(repositoryPath('docs/reference/schemas/lint_v1.json'), 'utf8')) as object
    const validate = new Ajv({ strict: false }).compile(schema)
    expect(validate(await report()), JSON.stringify(validate.errors)).toBe(true)
    expect(validate({ ...await report(), errors: -1 })).toBe(false)
  })

  it('as text is one line for each finding', async () => {
    write('a.yaml', tenantText('acme', `${JSON.stringify(hostile)}: 1`))
    const { stdout } = await program(['-f', 'a.yaml'])
    expect(stdout.split('\n')).toHaveLength(3)
    expect(stdout).not.toContain('\u001b')
  })

  it('as SARIF has what version 2.1.0 requires, relative addresses, and no links or placeholders of the input', async () => {
    const log = sarifLog({ ...await report(), findings: (await report()).findings.map(finding => ({ ...finding, file: 'tenants/a b#1.yaml' })) })
    const validate = new Ajv({ strict: false }).compile(sarifSchema)
    expect(validate(log), JSON.stringify(validate.errors)).toBe(true)
    const [run] = log.runs
    expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(Object.keys(rules))
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
    const [first] = run?.results ?? []
    expect(first).toMatchObject({
      ruleId: 'unknown-field',
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'tenants/a%20b%231.yaml', uriBaseId: '%SRCROOT%' }, region: { startLine: 7 } } }]
    })
    expect(first?.message.text).toContain('{{0}} [here] (https://example.com)')
  })

  it('as SARIF has absolute addresses of files elsewhere', async () => {
    const { runs: [run] } = sarifLog(await lintFiles([write('a.yaml', tenantText('acme', 'paused: true'))], {}))
    expect(run?.results[0]?.locations[0]?.physicalLocation.artifactLocation).toEqual({ uri: `file://${folder}/a.yaml` })
  })
})

const text = { type: 'string', minLength: 1 }
const object = (properties: Record<string, unknown>, required = Object.keys(properties)) => ({ type: 'object', properties, required, additionalProperties: false })
const message = object({ text })

/** The parts that are written, by the rules of the standard. Source: sarif-schema-2.1.0.json of OASIS */
const sarifSchema = object({
  $schema: { type: 'string', format: undefined, pattern: '^https://' },
  version: { const: '2.1.0' },
  runs: {
    type: 'array',
    items: object({
      tool: object({
        driver: object({
          name: text,
          version: text,
          semanticVersion: { type: 'string', pattern: String.raw`^\d+\.\d+\.\d+` },
          informationUri: { type: 'string', pattern: '^https://' },
          rules: {
            type: 'array',
            uniqueItems: true,
            items: object({
              id: text,
              shortDescription: message,
              helpUri: { type: 'string', pattern: String.raw`^https://[^\s]+#[a-z-]+$` },
              help: object({ text, markdown: text }),
              defaultConfiguration: object({ level: { enum: ['none', 'note', 'warning', 'error'] } }),
              properties: object({ tags: { type: 'array', uniqueItems: true, items: text } })
            })
          }
        })
      }),
      columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
      results: {
        type: 'array',
        items: object({
          ruleId: text,
          ruleIndex: { type: 'integer', minimum: 0 },
          level: { enum: ['none', 'note', 'warning', 'error'] },
          message,
          locations: {
            type: 'array',
            items: object({
              physicalLocation: object({
                artifactLocation: object({ uri: { type: 'string', pattern: '^[^\\s#?]+$' }, uriBaseId: text }, ['uri']),
                region: object({ startLine: { type: 'integer', minimum: 1 }, startColumn: { type: 'integer', minimum: 1 } })
              })
            })
          }
        })
      }
    })
  }
})
