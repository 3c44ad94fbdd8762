import { defineConfig } from 'vitest/config'
import { nodeProjects } from './test/node/projects.ts'
import { strategiesOfRun as strategies } from './test/strategies.ts'
import { testsOf } from './test/suites.ts'

/** Against real processes, one slow moment of the machine is no failure. test/reporter.ts lists the tests that needed it. */
const retry = 1

export default defineConfig({
  test: {
    reporters: ['default', './test/reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/faults/*.test.ts', 'test/soak/run.test.ts', 'test/package/**', 'test/chart-lifecycle/**', 'test/node/**'],
          // Some run programs, and properties run hundreds of cases: they may be slow on a busy machine.
          testTimeout: 60_000,
          // A fourth of the CPU was the imports of each file.
          isolate: false,
          // By default vitest leaves one core to itself.
          maxWorkers: '100%'
        }
      },
      {
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          // Runs alone: it installs packages, and other tests have timeouts.
          sequence: { groupOrder: 2 * strategies.length + 1 }
        }
      },
      ...strategies.map((strategy, index) => ({
        test: {
          name: `e2e ${strategy}`,
          include: testsOf('test/e2e', strategy),
          globalSetup: ['test/e2e/setup.ts'],
          env: { K8S_MTP_APPLY_STRATEGY: strategy },
          provide: { applyStrategy: strategy },
          fileParallelism: false,
          retry,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: index + 1 }
        }
      })),
      ...strategies.map((strategy, index) => ({
        test: {
          name: `faults ${strategy}`,
          include: testsOf('test/faults', strategy),
          env: { K8S_MTP_APPLY_STRATEGY: strategy },
          fileParallelism: false,
          retry,
          maxConcurrency: 10,
          testTimeout: 240_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: strategies.length + index + 1 }
        }
      })),
      // Not repeated: what fails for one seed is a failure.
      { test: { name: 'soak', include: ['test/soak/run.test.ts'], sequence: { groupOrder: 2 * strategies.length + 2 } } },
      {
        test: {
          name: 'chart',
          include: ['test/chart-lifecycle/dry-run.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 * strategies.length + 2 }
        }
      },
      // Each in namespaces of its own, which test/cluster/node/main.ts makes.
      ...Object.entries(nodeProjects).map(([name, include]) => ({
        test: {
          name: `node ${name}`,
          include,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 * strategies.length + 3 }
        }
      }))
    ]
  }
})
