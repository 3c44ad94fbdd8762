import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { filesFromSrc } from '../../chart/generate/from-src.ts'
import { filesFromValues } from '../../chart/generate/from-values.ts'

it('files generated from src are up to date: npm run chart', async () => {
  const files = await filesFromSrc()
  const found = readdirSync(repositoryPath('chart'), { recursive: true, encoding: 'utf8' })
    .filter(name => /^(charts\/metacontroller-crds\/crds|files\/(classes|crds|defaults|guardrails|rbac))\/./.test(name))
  expect(found.sort()).toEqual(files.map(({ path }) => path).filter(path => found.includes(path)).sort())
  for (const { path, text } of files) expect(readFileSync(repositoryPath(`chart/${path}`), 'utf8'), path).toBe(text)
})

it('schema and README are up to date: npm run chart', async () => {
  for (const { path, text } of await filesFromValues()) expect(readFileSync(repositoryPath(`chart/${path}`), 'utf8'), path).toBe(text)
})
