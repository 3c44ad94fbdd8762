import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { packageVersion } from '../../src/version.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { filesBelow } from './files.ts'

const read = (path: string): string => readFileSync(repositoryPath(path), 'utf8')
const json = (path: string): unknown => JSON.parse(read(path))

interface ReleasePlease { packages: { '.': { 'extra-files': Array<{ path: string }> } } }

/** Files that tell users which version to use. Excludes files generated from package.json, the changelog, and figures of the version they are of. */
const places = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'docs',
  'examples',
  'metacontroller',
  'chart',
  'argocd',
  'flux'
]
  .filter(path => existsSync(repositoryPath(path)))
  .flatMap(path => (/\.\w+$/.test(path) ? [path] : filesBelow(repositoryPath(path)).map(file => `${path}/${file}`)))
  .filter(path => !path.endsWith('/figures.json'))

describe(`the version ${packageVersion}`, () => {
  it('is that of the lock file', () => {
    expect(json('package-lock.json')).toMatchObject({ version: packageVersion, packages: { '': { version: packageVersion } } })
  })

  it('is that of the last release, if there is one', () => {
    expect([{}, { '.': packageVersion }]).toContainEqual(json('.release-please-manifest.json'))
  })

  it.runIf(existsSync(repositoryPath('chart/Chart.yaml')))('is that of the chart and its image', () => {
    expect(parse(read('chart/Chart.yaml'))).toMatchObject({ version: packageVersion, appVersion: packageVersion })
  })

  it('is updated by release-please everywhere', () => {
    const { packages } = json('release-please-config.json') as ReleasePlease
    const known = packages['.']['extra-files'].map(({ path }) => pattern(path))
    const missing = places.flatMap(path => wrongLines(read(path), known.some(file => file.test(path))).map(problem => `${path}:${problem}`))
    expect(
      missing,
      'mark these lines with x-release-please-version, or put x-release-please-start-version and x-release-please-end around them'
    ).toEqual([])
  })
})

/** Converts a glob with ** and * to a regular expression. */
function pattern (glob: string): RegExp {
  return new RegExp(`^${glob.replace(/[.]/g, '\\.').replace(/\*\*\/|\*/g, stars => stars === '*' ? '[^/]*' : '(.*/)?')}$`)
}

/**
 * Finds lines that release-please would miss or corrupt. In a marked line or block, it replaces the first version, whatever
 * it is the version of.
 */
function wrongLines (text: string, isUpdated: boolean): string[] {
  const problems: string[] = []
  let inBlock = false
  for (const [index, line] of text.split('\n').entries()) {
    if (/x-release-please-(start-version|end)/.test(line)) inBlock = line.includes('start')
    const versions = line.match(/(?<![\d.])\d+\.\d+\.\d+(?![\d.])/g) ?? []
    const ours = versions.filter(version => version === packageVersion).length
    const isMarked = isUpdated && (inBlock || line.includes('x-release-please-version'))
    if (ours > 0 && !isMarked) {
      problems.push(`${index + 1} would keep the old version: ${line.trim()}`)
    } else if (isMarked && versions.length > 0 && (versions.length !== 1 || ours !== 1)) {
      problems.push(`${index + 1} must have one version, that of k8s-mtp: ${line.trim()}`)
    }
  }
  return problems
}
