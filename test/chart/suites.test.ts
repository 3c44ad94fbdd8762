import { it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { run } from '../support/run.ts'
import { tool } from '../tools/tools.ts'

// Without the schema, which helm itself judges by in the other tests: what the templates refuse they refuse by themselves.
it('the suites in chart/tests pass', async () => { await run(await tool('helm-unittest'), ['--strict', '--skip-schema-validation', repositoryPath('chart')]) })
