import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { crdFiles } from '../../src/cli/crds.ts'

const folder = new URL('../../crds/', import.meta.url)

it('crds/ is up to date with the schemas in src/api: `npm run crds` writes it', () => {
  expect(readdirSync(folder).sort()).toEqual(crdFiles().map(({ name }) => name).sort())
  for (const { name, text } of crdFiles()) expect(readFileSync(new URL(name, folder), 'utf8')).toBe(text)
})
