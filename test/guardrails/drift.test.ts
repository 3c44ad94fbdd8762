import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { guardrailFiles, kustomization } from '../../src/cli/guardrails.ts'

const folder = new URL('../../guardrails/', import.meta.url)

it('guardrails/ is generated from src/guardrails: run `npm run guardrails`', () => {
  const files = guardrailFiles()
  const expected = [...files, kustomization(files)]
  expect(readdirSync(folder).sort()).toEqual(expected.map(({ name }) => name).sort())
  for (const { name, text } of expected) expect(readFileSync(new URL(name, folder), 'utf8')).toBe(text)
})
