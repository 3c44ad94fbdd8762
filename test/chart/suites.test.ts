import { it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { run } from '../support/run.ts'
import { tool } from '../tools/tools.ts'

// Without the schema, which the other tests cover: the templates must reject values without it.
it('chart/tests pass', async () => {
  await run(await tool('helm-unittest'), ['--strict', '--skip-schema-validation', repositoryPath('chart')])
})
