import { readFileSync } from 'node:fs'
import { Value } from '@sinclair/typebox/value'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { apiPage, entries } from '../../docs/generate/api.ts'
import { examples } from '../../docs/generate/api-examples.ts'
import { pages } from '../../docs/generate/pages.ts'
import { reasonsPage } from '../../docs/generate/reasons.ts'
import { conditionTypes, reasons } from '../../src/api/condition.ts'
import { checker } from '../../src/api/validation/checker.ts'
import { customResourceDefinitions } from '../../src/crd/custom-resource-definitions.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { filesBelow } from '../package/files.ts'
import { readMarkdown } from '../repository/markdown.ts'

describe('docs', () => {
  it.each(Object.entries(pages))('%s is up to date: `npm run docs` writes it', (path, text) => {
    expect(readFileSync(repositoryPath(`docs/${path}`), 'utf8')).toBe(text())
  })
})

describe('api.md', () => {
  it('has an entry for each described field of each kind', () => {
    const { anchors } = readMarkdown(apiPage())
    expect(entries().filter(({ path }) => !anchors.has(path.toLowerCase().replaceAll(/[^a-z]/g, '')))).toEqual([])
    const kinds = Object.values(customResourceDefinitions).map(({ spec }) => spec.names.kind.toLowerCase())
    expect([...anchors]).toEqual(expect.arrayContaining(kinds))
  })

  it.each(Object.entries(examples))('has a valid example of %s', (path, example) => {
    const entry = entries().find(entry => entry.path === path)
    if (entry === undefined) throw new Error(`no entry ${path}`)
    const value = Value.Default(entry.schema, parse(example))
    expect(checker(entry.schema)(value)).toMatchObject({ ok: true })
  })
})

describe('reasons.md', () => {
  const { anchors } = readMarkdown(reasonsPage())
  const code = filesBelow(repositoryPath('src/tenancy'))
    .map(path => readFileSync(repositoryPath(`src/tenancy/${path}`), 'utf8')).join('\n')

  it('has an anchor for each reason: messages end with its address', () => {
    expect([...anchors]).toEqual(expect.arrayContaining(reasons.map(name => name.toLowerCase())))
  })

  it('has every reason and condition type of the code, and no other', () => {
    const used = [...code.matchAll(/reason: '(\w+)'/g)].flatMap(([, name]) => name ?? [])
    expect(used.filter(name => !reasons.some(reason => reason === name))).toEqual([])
    const known = [...reasons, ...Object.keys(conditionTypes)]
    expect(known.filter(name => !code.includes(`'${name}'`))).toEqual([])
  })
})
