import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'

it('docs/tenants.md shows examples/workloads/web.yaml', () => {
  const [, ...lines] = readFileSync(repositoryPath('examples/workloads/web.yaml'), 'utf8').split('\n')
  expect(readFileSync(repositoryPath('docs/tenants.md'), 'utf8')).toContain(`\`\`\`yaml\n${lines.join('\n')}\`\`\`\n`)
})
