import { it } from 'vitest'
import { tool } from '../tools/tools.ts'
import { run } from './run.ts'

// Without the schema, which helm itself judges by in the other tests: what the templates refuse they refuse by themselves.
it('the suites in chart/tests pass', async () => { await run(await tool('helm-unittest'), ['--strict', '--skip-schema-validation', 'chart']) })
