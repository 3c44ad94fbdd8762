import { readFileSync } from 'node:fs'

/**
 * Run by the release: the tag that is released has to be the version of this tree, and the changelog has to tell about it.
 * That all other places agree with package.json is tested in test/package/versions.test.ts.
 *
 * node --import tsx release/check-version.ts v1.2.3
 */
const [tag] = process.argv.slice(2)
const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const { version } = JSON.parse(read('package.json')) as { version: string }

const problems = [
  ...(tag === `v${version}` ? [] : [`the tag is ${tag ?? 'not given'}, and package.json says ${version}: the tag has to be v${version}`]),
  ...(read('CHANGELOG.md').includes(`\n## [${version}]`) ? [] : [`CHANGELOG.md has no section [${version}]: give [Unreleased] that name in the release pull request`])
]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
