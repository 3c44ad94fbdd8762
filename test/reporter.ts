import type { Reporter, TestCase, TestModule, TestProject } from 'vitest/node'
import type {} from './e2e/context.ts'

/**
 * Prints the platforms of the end-to-end suite, and as the last line `N passed, N failed`. A failure outside of tests (a
 * file that does not load, a setup, an unhandled error) counts as one failure each, so a broken run never looks like a
 * successful one.
 */
export default function createReporter (): Reporter {
  let projects: TestProject[] = []
  let platforms: string[] = []
  let count = { passed: 0, failed: 0, skipped: 0 }
  return {
    onInit (vitest) {
      projects = vitest.projects
      // After the summary of the default reporter, and the output of the teardown.
      process.once('exit', code => {
        const failed = code === 0 ? count.failed : Math.max(count.failed, 1)
        const skipped = count.skipped === 0 ? [] : [`${count.skipped} skipped`]
        process.stdout.write([...platforms, ...skipped, `${count.passed} passed, ${failed} failed`, ''].join('\n'))
      })
    },
    onTestRunEnd (modules, unhandledErrors) {
      const tests = modules.flatMap(module => [...module.children.allTests()])
      const elsewhere = modules.map(errorsOutsideTests).reduce((sum, errors) => sum + errors, unhandledErrors.length)
      count = {
        passed: countOf(tests, 'passed'),
        failed: countOf(tests, 'failed') + elsewhere,
        skipped: countOf(tests, 'skipped')
      }
      platforms = platformLines(modules, projects)
    }
  }
}

function countOf (tests: TestCase[], state: 'passed' | 'failed' | 'skipped'): number {
  return tests.filter(test => test.result().state === state).length
}

/** Counts files that could not be loaded, and suites whose hooks failed without a failed test. */
function errorsOutsideTests (module: TestModule): number {
  const suites = [...module.children.allSuites()].map(suite => suite.errors().length)
  return suites.reduce((sum, count) => sum + count, module.errors().length)
}

function platformLines (modules: readonly TestModule[], projects: TestProject[]): string[] {
  const ran = new Set(modules.map(module => module.project.name))
  return projects.filter(({ name }) => ran.has(name)).flatMap(project => {
    const { platform } = project.getProvidedContext()
    if (platform === undefined) return []
    const { engine, versions } = platform
    return [
      `${project.name}: ${engine.name} ${engine.version}, ${engine.strategy}, ` +
        `Kubernetes ${versions.kubernetes}, etcd ${versions.etcd}, Node ${versions.node}`
    ]
  })
}
