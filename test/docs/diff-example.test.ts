import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { diffReport } from '../../src/cli/diff.ts'
import { reportText } from '../../src/diff/text/report-text.ts'
import { repositoryPath } from '../cluster/paths.ts'

const page = repositoryPath('docs/gitops.md')
const [begin, end] = ['<!-- output of diff: written by the tests with K8S_MTP_WRITE_DOCS=1 -->\n', '<!-- end of output of diff -->']

it('the output of diff in docs/gitops.md is real', async () => {
  const report = await diffReport(['base', 'head'], { output: 'text', maxQuotaIncrease: ['100%'] }, repositoryPath('test/fixtures/diff'))
  const block = ['```', ...[...reportText(report)].map(({ text }) => text), '```', ''].join('\n')
  const text = readFileSync(page, 'utf8')
  const expected = `${text.slice(0, text.indexOf(begin) + begin.length)}${block}${text.slice(text.indexOf(end))}`
  if (process.env['K8S_MTP_WRITE_DOCS'] === '1') writeFileSync(page, expected)
  else expect(text).toBe(expected)
})
