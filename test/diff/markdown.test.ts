import fc from 'fast-check'
import type { Nodes } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { describe, expect, it } from 'vitest'
import type { DiffReport } from '../../src/diff/report.ts'
import { code, markdown, marker, maxLength } from '../../src/diff/text/markdown.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { compared, side } from './sides.ts'

function nodesIn (node: Nodes): Nodes[] {
  return [node, ...('children' in node ? (node.children as Nodes[]).flatMap(nodesIn) : [])]
}

const ofTenants = (count: number, viewer: (index: number) => string): DiffReport => {
  const names = Array.from({ length: count }, (_, index) => `team-${index}`)
  return compared(
    side(names.map(name => tenant({}, name))),
    side(names.map((name, index) => tenant({ viewers: [{ kind: 'User', name: viewer(index) }] }, name)))
  )
}

/** Text that tries to be markup, a mention, a link, a line or the end of a block. */
const hostile = fc.oneof(
  fc.string({ unit: fc.constantFrom('`', '|', '<', '>', '@', '#', '*', '_', '[', ']', '(', ')', '\\', '&', ' ', 'a', '~', '!', ':', '/'), minLength: 1, maxLength: 30 }),
  fc.constantFrom(
    '@octocat', '``` @octocat', '`@octocat`', '</code></summary></details>@octocat', '<img src=x onerror=alert(1)>', '[x](https://example.com)', '&#64;octocat',
    '<!-- k8s-mtp diff -->', '\\`@octocat', '|a|b|', 'https://example.com', '$(id)', '$' + '{{ secrets.TOKEN }}', ' ', '`', '``'
  )
)

describe('a comment', () => {
  it('begins with the marker by which a workflow finds it, then the summary', () => {
    expect(markdown(ofTenants(1, () => 'ada'))).toMatch(new RegExp(`^${marker}\n\n## Changes of Tenants\n\n1 Tenant changed. Nothing dangerous.\n`))
  })

  it('has dangers before all details', () => {
    const text = markdown(compared(side([tenant()]), side([])))
    expect(text.indexOf('> [!CAUTION]\n> - deletes `tenant-acme-shop`')).toBeGreaterThan(0)
    expect(text.indexOf('> [!CAUTION]')).toBeLessThan(text.indexOf('<details open>'))
  })

  it('shows any name as code, whatever it has', () => {
    fc.assert(fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), names => {
      const before = side([tenant()])
      const after = side([tenant({ viewers: names.map(name => ({ kind: 'User' as const, name })) })])
      const text = markdown(compared(before, after))
      const nodes = nodesIn(fromMarkdown(text))
      const html = nodes.flatMap(node => node.type === 'html' ? [node.value] : [])
      // The marker, the summary in code, and the end of the block.
      expect(html).toEqual([marker, '<details><summary>Tenant <code>acme</code> is changed</summary>', '</details>'])
      expect(nodes.filter(({ type }) => ['link', 'image', 'definition', 'code'].includes(type))).toEqual([])
      const codes = nodes.flatMap(node => node.type === 'inlineCode' ? [node.value] : [])
      for (const name of new Set(names)) expect(codes).toContain(`User ${name}`)
      const plain = nodes.flatMap(node => node.type === 'text' ? [node.value] : []).join('')
      expect(plain).not.toMatch(/[@<#`|]/)
    }), { numRuns: 80 })
  })

  it('escapes names in summaries, which are HTML', () => {
    const report = ofTenants(1, () => 'ada')
    const [first] = report.tenants
    const name = '</code></summary><b>@octocat`'
    const text = markdown({ ...report, tenants: first === undefined ? [] : [{ ...first, name }] })
    expect(text).toContain('<code>&#60;/code&#62;&#60;/summary&#62;&#60;b&#62;&#64;octocat&#96;</code>')
  })

  it('has no control character, and no line of a name', () => {
    expect(code('a\nb\u001b[31m\u202ec\r')).toBe('`a\\u000ab\\u001b[31m\\u202ec\\u000d`')
  })

  it('is shorter than a comment may be, for any number of Tenants with the longest names, and says how many are missing', () => {
    const report = ofTenants(2_000, index => `${index}-${'`<@|'.repeat(60)}`)
    const text = markdown(report)
    expect(text.length).toBeLessThan(maxLength)
    expect(text.length).toBeGreaterThan(maxLength / 2)
    const shown = text.match(/<details>/g)?.length ?? 0
    expect(text).toContain(`${2_000 - shown} more blocks of changes did not fit. To see all: \`k8s-mtp diff\` with \`-o text\` or \`-o json\`.`)
  })

  it('has as many lines of a single Tenant as fit, and says how many are missing', () => {
    const viewers = (of: number) => Array.from({ length: 20 }, (_, index) => ({ kind: 'User' as const, name: `${'`<@|'.repeat(60)}${of}-${index}` }))
    const namespaces = Array.from({ length: 50 }, (_, index) => ({ name: `n${index}`, viewers: viewers(index) }))
    const text = markdown(compared(side([]), side([tenant({ namespaces })])))
    expect(text.length).toBeLessThan(maxLength)
    expect(text.length).toBeGreaterThan(maxLength * 0.9)
    const shown = text.match(/^ *- .*$/gm)?.length ?? 0
    expect(text).toMatch(/\n- and \d+ more lines\n\n<\/details>\n$/)
    expect(shown).toBeGreaterThan(10)
    expect(text).not.toContain('did not fit')
  })

  it('is short enough for the longest dangers and warnings', () => {
    const long = (index: number) => `${index}${'`'.repeat(200)}${'\u0001'.repeat(2_000)}`
    const report = compared(side([]), side([]))
    const namespaces = Array.from({ length: 10_000 }, (_, index) => `tenant-${index}-${'x'.repeat(50)}`)
    const dangers = Array.from({ length: 500 }, (_, index) => ({ kind: 'bound-loosened' as const, reason: `loosens ${long(index)}`, class: long(index), namespaces }))
    const text = markdown({ ...report, result: 'dangerous', dangers, warnings: dangers.map(({ reason }) => reason) })
    expect(text.length).toBeLessThan(maxLength)
    expect(text).toMatch(/> - and 4\d\d more/)
  })

  it('shows dangers of each kind, of however many', () => {
    const report = compared(side([]), side([]))
    const danger = (kind: DiffReport['dangers'][number]['kind'], index: number) => ({ kind, reason: `loosens ${kind} ${index} ${'x'.repeat(280)}`, namespaces: ['a'] })
    const dangers = [
      ...Array.from({ length: 200 }, (_, index) => danger('network-opened', index)),
      ...Array.from({ length: 200 }, (_, index) => danger('bound-loosened', index)),
      danger('quota-raised', 0)
    ]
    const text = markdown({ ...report, result: 'dangerous', dangers })
    expect(text).toContain('quota-raised 0')
    expect(text.match(/network-opened \d/g)).toHaveLength(15)
    expect(text.match(/bound-loosened \d/g)).toHaveLength(14)
    expect(text).toContain('> - and 371 more')
  })

  it('has all entries of a loosened bound, and of very many the number of the others', () => {
    const registries = (count: number) => Array.from({ length: count }, (_, index) => `registry-${index}.example.com/${'x'.repeat(40)}`)
    const of = (count: number) => markdown(compared(
      side([tenant()], [defaultClass(spec => { spec.workloads.imageRegistries = [] })]),
      side([tenant()], [defaultClass(spec => { spec.workloads.imageRegistries = registries(count) })])
    ))
    const caution = (text: string) => text.split('\n').find(line => line.startsWith('> - loosens')) ?? ''
    for (const registry of registries(30)) expect(caution(of(30))).toContain(registry)
    expect(caution(of(30))).not.toMatch(/…| more/)
    const shown = caution(of(200)).match(/registry-/g)?.length ?? 0
    expect(shown).toBeGreaterThan(50)
    expect(caution(of(200))).toContain(` and ${200 - shown} more in `)
  })

  it('tells a class with 1,000 Tenants in a few lines', () => {
    const tenants = Array.from({ length: 1_000 }, (_, index) => tenant({}, `team-${index}`))
    const open = defaultClass(spec => { spec.workloads.allowVolumeNames = true })
    expect(markdown(compared(side(tenants), side(tenants, [open]))).split('\n').length).toBeLessThan(25)
  })
})
