import { readFileSync } from 'node:fs'

/**
 * Checks in the release workflow that the tag is the version in package.json, and that the changelog has a section for it.
 * test/package/versions.test.ts covers all other places.
 *
 * node --import tsx release/check-version.ts v1.2.3
 */
const [tag] = process.argv.slice(2)
const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const { version } = JSON.parse(read('package.json')) as { version: string }

const problems = [
  ...(tag === `v${version}` ? [] : [`the tag is ${tag ?? 'missing'}, and the version in package.json is ${version}: the tag must be v${version}`]),
  ...(read('CHANGELOG.md').includes(`\n## [${version}]`) ? [] : [`CHANGELOG.md has no section [${version}]: rename [Unreleased] in the release pull request`])
]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
