import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { jsonSchemas } from '../../docs/generate/schemas.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { filesBelow } from '../package/files.ts'

const folder = 'docs/reference/schemas'

describe('docs/reference/schemas', () => {
  it('has a schema of each kind, and no other file', () => {
    expect(readdirSync(repositoryPath(folder)).sort()).toEqual(jsonSchemas().map(({ name }) => name).sort())
  })
})

const examples = filesBelow(repositoryPath('examples')).filter(path => path.endsWith('.yaml'))
  .map(path => ({ path, text: readFileSync(repositoryPath(`examples/${path}`), 'utf8') }))
  .filter(({ text }) => /^kind: Tenant(Class)?$/m.test(text))

describe('the example', () => {
  it.each(examples)('$path names its schema for editors, and is valid', ({ text }) => {
    const { kind } = parse(text) as { kind: string }
    const file = `${kind.toLowerCase()}_v1.json`
    const address = `https://raw.githubusercontent.com/k8s-mtp/k8s-mtp/main/${folder}/${file}`
    expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=${address}`)
    const schema = JSON.parse(readFileSync(repositoryPath(`${folder}/${file}`), 'utf8')) as object
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true)
  })
})
