import type { Reporter, TestCase, TestModule, TestProject } from 'vitest/node'
import type {} from './e2e/context.ts'

/**
 * Prints the platforms of the end-to-end suite, each failed or flaky test in one line, and as the last line
 * `N passed, N failed`. A failure outside of tests (a file that does not load, a setup, an unhandled error) counts as one
 * failure each, so a broken run never looks like a successful one.
 */
export default function createReporter (): Reporter {
  let projects: TestProject[] = []
  let platforms: string[] = []
  let failures: string[] = []
  let flaky: string[] = []
  let count = { passed: 0, failed: 0, skipped: 0 }
  return {
    onInit (vitest) {
      projects = vitest.projects
      // After the summary of the default reporter, and the output of the teardown.
      process.once('exit', code => {
        const failed = code === 0 ? count.failed : Math.max(count.failed, 1)
        const skipped = count.skipped === 0 ? [] : [`${count.skipped} skipped`]
        const last = [...platforms, ...flaky, ...failures, ...skipped, `${count.passed} passed, ${failed} failed`, '']
        process.stdout.write(last.join('\n'))
      })
    },
    onTestRunEnd (modules, unhandledErrors) {
      const tests = modules.flatMap(module => [...module.children.allTests()])
      failures = [
        ...modules.flatMap(failureLines),
        ...unhandledErrors.map(error => `failed: outside of tests: ${firstLine(error)}`)
      ]
      flaky = flakyLines(tests)
      count = { passed: countOf(tests, 'passed'), failed: failures.length, skipped: countOf(tests, 'skipped') }
      platforms = platformLines(modules, projects)
    }
  }
}

function countOf (tests: TestCase[], state: 'passed' | 'skipped'): number {
  return tests.filter(test => test.result().state === state).length
}

/** Tests that passed at the second attempt only: each hides a race, in the product or in the test. */
function flakyLines (tests: TestCase[]): string[] {
  return tests.filter(test => test.diagnostic()?.flaky === true)
    .map(test => `flaky: ${lineOf(test)}`)
}

/** Failed tests, files that could not be loaded, and suites whose hooks failed: a line each. */
function failureLines (module: TestModule): string[] {
  const file = `failed: ${module.project.name} ${module.relativeModuleId}`
  const tests = [...module.children.allTests('failed')].map(test => `failed: ${lineOf(test)}`)
  const suites = [...module.children.allSuites()].flatMap(suite =>
    suite.errors().map(error => `${file} > ${suite.fullName}: ${firstLine(error)}`))
  return [...module.errors().map(error => `${file}: ${firstLine(error)}`), ...suites, ...tests]
}

/** A test with the errors of all its attempts. */
function lineOf (test: TestCase): string {
  const errors = (test.result().errors ?? []).map(firstLine).join('; ')
  return `${test.project.name} ${test.module.relativeModuleId} > ${test.fullName}: ${errors}`
}

function firstLine ({ message }: { message: string }): string {
  return message.replace(/\n[^]*/, '').slice(0, 300)
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
