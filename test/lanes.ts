import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { createInterface } from 'node:readline'
import { repositoryPath } from './cluster/paths.ts'
import { nodeProjects, quickNodeProject } from './node/projects.ts'
import { strategiesOfRun } from './strategies.ts'
import { dealt, testsOf } from './suites.ts'

/**
 * Runs lint and the tests: first what is CPU-bound, then what mostly waits for a control plane or a node. Each lane is a separate run of
 * vitest with its own control planes; within a lane, files run sequentially. test/suites.ts says what a quick run leaves out; --all leaves
 * out nothing, --node runs only what needs a node, and files run in full. Each lane gets all other arguments. The last lines are all
 * failed and flaky tests and the total, `N passed, N failed`.
 */
const own = ['--all', '--node']
const args = process.argv.slice(2).filter(arg => !own.includes(arg))
const isAll = process.argv.includes('--all') || args.length > 0

/** Arguments of node. */
type Lane = string[]

const eslint: Lane = [repositoryPath('node_modules/eslint/bin/eslint.js'), '.']

function vitest (project: string, files: readonly string[] = []): Lane {
  return [repositoryPath('node_modules/vitest/vitest.mjs'), 'run', '--passWithNoTests', '--project', project, ...files, ...args]
}

const onNode = (project: string): Lane => ['--import', 'tsx', repositoryPath('test/cluster/node/main.ts'), process.execPath, ...vitest(`node ${project}`)]

/** The tests of a strategy in three lanes; in one where arguments choose files. */
function e2e (strategy: string): Lane[] {
  const files = testsOf('test/e2e', strategy, { strategies: strategiesOfRun, extent: isAll ? 'all' : 'quick' })
  return (args.length > 0 ? [[]] : dealt(files, 3)).map(part => vitest(`e2e ${strategy}`, part))
}

/** First the tests of faults, which wait for retries most; then the longest. */
const withControlPlane = [
  ...strategiesOfRun.slice(0, 1).map(strategy => vitest(`faults ${strategy}`)),
  ...strategiesOfRun.flatMap(e2e),
  ...strategiesOfRun.slice(1).map(strategy => vitest(`faults ${strategy}`)),
  vitest('soak'),
  ...(isAll ? [] : [onNode(quickNodeProject)]),
  vitest('chart')
]

const cores = availableParallelism()
const nodes = { lanes: Object.keys(nodeProjects).map(onNode), atOnce: cores }
/** One after another. Lanes with a control plane wait for half of their time. */
const groups = process.argv.includes('--node')
  ? [nodes]
  : [
      { lanes: [eslint, vitest('unit'), vitest('package')], atOnce: cores + 1 },
      { lanes: withControlPlane, atOnce: cores + 2 },
      ...(isAll ? [nodes] : [])
    ]

const env = {
  ...process.env,
  ...(!isAll && { K8S_MTP_TESTS: 'quick' }),
  // Memory for CPU: the garbage collector of Go is a sixth of what control planes use here.
  GOGC: process.env.GOGC ?? '400'
}

interface Count { passed: number, failed: number, skipped: number, reported: string[] }

const counts: Count[] = []
for (const { lanes, atOnce } of groups) {
  const waiting = [...lanes]
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) counts.push(await run(next))
  }))
}
const total = (which: 'passed' | 'failed' | 'skipped'): number => counts.reduce((sum, count) => sum + count[which], 0)
for (const line of counts.flatMap(({ reported }) => reported)) console.log(line)
if (total('skipped') > 0) console.log(`${total('skipped')} skipped`)
console.log(`${total('passed')} passed, ${total('failed')} failed`)
process.exitCode = total('failed') === 0 ? 0 : 1

async function run (lane: Lane): Promise<Count> {
  const child = spawn(process.execPath, lane, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const count: Count = { passed: 0, failed: 0, skipped: 0, reported: [] }
  const lines = createInterface({ input: child.stdout }).on('line', line => {
    if (!take(line, count)) console.log(line)
  })
  // The output may end after the process.
  const [[code]] = await Promise.all([once(child, 'exit'), once(lines, 'close')])
  if (code === 0 || count.failed > 0) return count
  // Lint, or a run that was interrupted or failed outside of a test.
  return { ...count, failed: 1, reported: [...count.reported, `failed: ${lane.map(arg => relative(process.cwd(), arg)).join(' ')}`] }
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
