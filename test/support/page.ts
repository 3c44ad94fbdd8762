import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

const pathOf = (page: string): URL => new URL(`../../${page}`, import.meta.url)

/** Expects a section of a page to have this text; with K8S_MTP_WRITE_DOCS=1, writes it. */
export function expectSection (page: string, name: string, text: string): void {
  const [begin, end] = [
    `<!-- ${name}: written by the tests with K8S_MTP_WRITE_DOCS=1 -->\n`,
    `<!-- end of ${name} -->\n`
  ]
  const content = readFileSync(pathOf(page), 'utf8')
  const [before, rest = ''] = content.split(begin)
  const [found, after] = rest.split(end)
  if (before === undefined || after === undefined) throw new Error(`${page} has no section ${name}`)
  const wanted = `\n${text}\n\n`
  if (process.env.K8S_MTP_WRITE_DOCS === '1') writeFileSync(pathOf(page), before + begin + wanted + end + after)
  else expect(found, `${page}: run this test with K8S_MTP_WRITE_DOCS=1`).toBe(wanted)
}
