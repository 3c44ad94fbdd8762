import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { writtenRbac } from '../../src/cli/rbac.ts'

const folder = new URL('../../rbac/', import.meta.url)

it('rbac/ is up to date with src/rbac, the child kinds and the shipped classes: `npm run rbac` writes it', async () => {
  const files = await writtenRbac({})
  expect(readdirSync(folder).sort()).toEqual(files.map(({ name }) => name).sort())
  for (const { name, text } of files) expect(readFileSync(new URL(name, folder), 'utf8')).toBe(text)
})
