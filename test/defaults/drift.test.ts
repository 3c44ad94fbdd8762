import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { defaultsFiles } from '../../src/cli/defaults.ts'

const folder = new URL('../../defaults/', import.meta.url)

it('defaults/ is generated from src/defaults: run `npm run defaults`', () => {
  const files = defaultsFiles()
  expect(readdirSync(folder).sort()).toEqual([...files.map(({ name }) => name), 'kustomization.yaml'].sort())
  for (const { name, text } of files) expect(readFileSync(new URL(name, folder), 'utf8')).toBe(text)
})
