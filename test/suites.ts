import { readdirSync } from 'node:fs'
import { repositoryPath } from './cluster/paths.ts'
import { strategiesOfRun } from './strategies.ts'

/**
 * `quick`, as in `npm test`: each test by one strategy, those of the merge by both, on the newest Kubernetes. `all`, as in the
 * workflows: each test by both strategies, except those that depend on none.
 */
export type Extent = 'quick' | 'all'

interface Run { strategies: readonly string[], extent: Extent }

/** The extent of this run. test/lanes.ts sets it; a run of vitest by hand has all tests. */
export const extentOfRun: Extent = process.env.K8S_MTP_TESTS === 'quick' ? 'quick' : 'all'

const e2e = (...names: string[]): string[] => names.map(name => `test/e2e/${name}.test.ts`)
const faults = (...names: string[]): string[] => names.map(name => `test/faults/${name}.test.ts`)

/** Tests that depend on no apply strategy, by the strategy that runs them, so that both take as long. */
export const byOne: Record<string, string[]> = {
  'dynamic-apply': [
    ...e2e('apply', 'cluster-roles', 'crds', 'demo', 'deployers', 'diff', 'fixtures', 'gitops-check', 'guardrails-taken-away',
      'invalid-requests', 'manifest-types', 'observability', 'recheck', 'try-charts', 'verify', 'workloads-policy'),
    ...faults('crd-deleted', 'hop', 'leader-election', 'policy-cost', 'priority-and-fairness', 'shared-controller-user')
  ],
  'server-side-apply': e2e('access', 'advisories', 'bench', 'check', 'guardrails', 'restore', 'shipped-classes', 'terminating-namespaces',
    'verify-named', 'workloads', 'workloads-placement', 'workloads-policy-life')
}

/** Tests of what Metacontroller merges: by both strategies in each run. */
export const ofTheMerge = e2e('deletion', 'drift-correction', 'steady-state', 'tenant')

/** Tests that take minutes, and fail only after changes of a kind of children, of a rule, of the installation or of a bench. */
export const long = [
  ...e2e('bench', 'drift-table', 'engine-permissions', 'guardrails-taken-away', 'try-charts', 'verify', 'verify-named'),
  ...faults('crd-deleted', 'leader-election', 'policy-cost', 'priority-and-fairness')
]

/** The slowest tests, the slowest first: strategies and lanes take turns with them, so that all take as long. */
const slow = e2e('existing-namespaces', 'check', 'further-namespaces', 'adoption', 'demo', 'drift-correction', 'further-garbage-collection', 'views',
  'namespaces', 'garbage-collection', 'deletion', 'self-service', 'tenant', 'hold', 'workloads-policy', 'network-policies', 'shipped-classes',
  'overrides', 'gitops', 'access', 'gitops-check', 'additional-roles', 'unmanaged-objects', 'steady-state', 'revocation', 'expiry')

function slowFirst (files: readonly string[]): string[] {
  return [...slow.filter(file => files.includes(file)), ...files.filter(file => !slow.includes(file))]
}

/** Deals tests to lanes that should take as long as each other. */
export function dealt (files: readonly string[], lanes: number): string[][] {
  const rounds = slowFirst(files).map((file, index) => ({ file, round: Math.floor(index / lanes), place: index % lanes }))
  const laneOf = ({ round, place }: { round: number, place: number }): number => round % 2 === 0 ? place : lanes - 1 - place
  return Array.from({ length: lanes }, (_, lane) => rounds.filter(each => laneOf(each) === lane).map(({ file }) => file))
}

/** Returns the end-to-end tests of a folder that one of the strategies of a run has: paths from the root of the repository. */
export function testsOf (folder: 'test/e2e' | 'test/faults', strategy: string, run: Run = { strategies: strategiesOfRun, extent: extentOfRun }): string[] {
  const files = readdirSync(repositoryPath(folder)).filter(file => file.endsWith('.test.ts')).map(file => `${folder}/${file}`).sort()
  const others = run.strategies.filter(other => other !== strategy).flatMap(other => byOne[other] ?? [])
  const all = files.filter(file => !others.includes(file))
  return run.extent === 'all' ? all : all.filter(file => !long.includes(file) && !isInTurnOfAnother(file, strategy, files, run))
}

/** In a quick run, the strategies take turns with the tests that any of them could run, the slow ones first: both take as long. */
function isInTurnOfAnother (file: string, strategy: string, files: string[], { strategies }: Run): boolean {
  const fixed = [...ofTheMerge, ...Object.values(byOne).flat()]
  const inTurns = files.filter(each => !fixed.includes(each))
  const turn = slowFirst(inTurns).indexOf(file)
  return turn >= 0 && strategies[turn % strategies.length] !== strategy
}
