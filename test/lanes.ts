import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { repositoryPath } from './cluster/paths.ts'
import { nodeProjects, quickNodeProject } from './node/projects.ts'
import { strategiesOfRun } from './strategies.ts'

/**
 * Runs the tests: first the CPU-bound ones, then concurrently those that mostly wait for a control plane or a node. Each lane is a
 * separate run of vitest with its own control planes; within a lane, files run sequentially. test/suites.ts says what a quick run leaves
 * out; --all leaves out nothing, --node runs only what needs a node, and files run in full. Each lane gets all other arguments. The last
 * lines are all failed and flaky tests and the total, `N passed, N failed`.
 */
const own = ['--all', '--node']
const args = process.argv.slice(2).filter(arg => !own.includes(arg))
const isAll = process.argv.includes('--all') || args.length > 0
const onNode = Object.keys(nodeProjects).map(name => [`node ${name}`])
const byStrategy = strategiesOfRun.map((strategy, index) => [`e2e ${strategy}`, `faults ${strategy}`, ...(index === 0 ? ['chart'] : [])])
const quick = [[['unit', 'package']], [...byStrategy, [`node ${quickNodeProject}`], ['soak']]]
const all = [[['unit', 'package']], [...byStrategy, ['soak']], onNode]
const lanes = process.argv.includes('--node') ? [onNode] : isAll ? all : quick

const env = {
  ...process.env,
  ...(!isAll && { K8S_MTP_TESTS: 'quick' }),
  // Memory for CPU: the garbage collector of Go is a sixth of what control planes use here.
  GOGC: process.env.GOGC ?? '400'
}

interface Count { passed: number, failed: number, skipped: number, reported: string[] }

const counts: Count[] = []
for (const together of lanes) counts.push(...await Promise.all(together.map(run)))
const total = (which: 'passed' | 'failed' | 'skipped'): number => counts.reduce((sum, count) => sum + count[which], 0)
for (const line of counts.flatMap(({ reported }) => reported)) console.log(line)
if (total('skipped') > 0) console.log(`${total('skipped')} skipped`)
console.log(`${total('passed')} passed, ${total('failed')} failed`)
process.exitCode = total('failed') === 0 ? 0 : 1

async function run (projects: string[]): Promise<Count> {
  const child = spawn(process.execPath, [
    ...(projects.some(name => name.startsWith('node ')) ? ['--import', 'tsx', repositoryPath('test/cluster/node/main.ts'), process.execPath] : []),
    repositoryPath('node_modules/vitest/vitest.mjs'),
    'run',
    '--passWithNoTests',
    ...projects.flatMap(project => ['--project', project]),
    ...args
  ], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const count: Count = { passed: 0, failed: 0, skipped: 0, reported: [] }
  const lines = createInterface({ input: child.stdout }).on('line', line => {
    if (!take(line, count)) console.log(line)
  })
  // The output may end after the process.
  const [[code]] = await Promise.all([once(child, 'exit'), once(lines, 'close')])
  // A run that was interrupted, or failed outside of a test.
  return code === 0 ? count : { ...count, failed: Math.max(count.failed, 1) }
}

/** Reads the last lines of test/reporter.ts, which are shown once, after all lanes. */
function take (line: string, count: Count): boolean {
  const result = /^(\d+) passed, (\d+) failed$/.exec(line)
  const skipped = /^(\d+) skipped$/.exec(line)
  if (result !== null) Object.assign(count, { passed: Number(result[1]), failed: Number(result[2]) })
  if (skipped !== null) count.skipped = Number(skipped[1])
  const isReported = /^(failed|flaky): /.test(line)
  if (isReported) count.reported.push(line)
  return result !== null || skipped !== null || isReported
}
