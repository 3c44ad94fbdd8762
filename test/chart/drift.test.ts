import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { filesMadeOfSrc } from '../../chart/generate/made-of-src.ts'
import { filesMadeOfValues } from '../../chart/generate/made-of-values.ts'

it('what src has in common with the chart is in it: `npm run chart` writes it', async () => {
  const files = await filesMadeOfSrc()
  const made = readdirSync(repositoryPath('chart/files'), { recursive: true, encoding: 'utf8' }).filter(name => /^(crds|guardrails|rbac)\/./.test(name)).map(name => `files/${name}`)
  expect(made.sort()).toEqual(files.map(({ path }) => path).filter(path => made.includes(path)).sort())
  for (const { path, text } of files) expect(readFileSync(repositoryPath(`chart/${path}`), 'utf8'), path).toBe(text)
})

it('the schema and the README are what values.yaml says: `npm run chart` writes them', async () => {
  for (const { path, text } of await filesMadeOfValues()) expect(readFileSync(repositoryPath(`chart/${path}`), 'utf8'), path).toBe(text)
})
