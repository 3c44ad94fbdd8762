import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { repositoryPath } from '../cluster/paths.ts'
import { supportedKubernetes } from '../cluster/releases.ts'
import { attempt } from '../support/run.ts'
import { tool } from '../tools/tools.ts'

type Permissions = string | Record<string, string> | undefined
interface Step { name?: string, uses?: string, run?: string, with?: Record<string, unknown> }
interface Matrix { include: Array<{ kubernetes: string, node: string }> }
interface Job { permissions?: Permissions, 'timeout-minutes'?: number, environment?: string, strategy?: { matrix: Matrix }, steps: Step[] }
interface Workflow { on: Record<string, unknown>, permissions?: Permissions, jobs: Record<string, Job> }

const folder = repositoryPath('.github/workflows')
const files = readdirSync(folder).sort()
const text = (file: string): string => readFileSync(`${folder}/${file}`, 'utf8')
const workflow = (file: string): Workflow => parse(text(file)) as Workflow
const jobs = files.flatMap(file => Object.entries(workflow(file).jobs).map(([name, job]) => ({ file, name, job })))

/** Write permissions per job. All others are read-only. */
const writers: Record<string, string[]> = {
  'release-please.yaml release-please': ['actions', 'contents', 'issues', 'pull-requests'],
  'release.yaml image': ['attestations', 'id-token', 'packages'],
  'release.yaml chart': ['attestations', 'id-token', 'packages'],
  'release.yaml npm': ['id-token'],
  'release.yaml assets': ['attestations', 'contents', 'id-token'],
  'scorecard.yaml scorecard': ['id-token', 'security-events']
}

describe('the workflows', () => {
  it('pass actionlint', async () => {
    expect(
      await attempt(await tool('actionlint'), ['-no-color', ...files.map(file => `.github/workflows/${file}`)], {
        cwd: repositoryPath('.')
      })
    ).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it.each(files)('%s pins every action by commit, with its version in a comment', file => {
    const uses = text(file).split('\n').filter(line => /^\s*(- )?uses:/.test(line)).map(line => line.trim())
    expect(uses.filter(line => !/^(- )?uses: [\w-]+(\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([])
  })

  it('use the same commit of each action', () => {
    const pins = new Set(jobs.flatMap(({ job }) => job.steps.flatMap(({ uses }) => uses ?? [])))
    const actions = [...pins].map(pin => pin.slice(0, pin.indexOf('@')))
    expect(actions).toEqual([...new Set(actions)])
  })

  it.each(files)('%s grants no permissions at workflow level', file => {
    expect(workflow(file).permissions).toEqual({})
  })

  it.each(files)('%s has no triggers that run untrusted code with permissions', file => {
    expect(Object.keys(workflow(file).on)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(pull_request_target|workflow_run|issue_comment)$/)])
    )
  })

  it('grant each job only the listed permissions', () => {
    const given = Object.fromEntries(jobs.flatMap(({ file, name, job: { permissions } }) => {
      expect(permissions, `${file} ${name}`).toEqual(expect.any(Object))
      const written = Object.entries(permissions as Record<string, string>).flatMap(([permission, level]) =>
        level === 'write' ? [permission] : []
      )
      return written.length === 0 ? [] : [[`${file} ${name}`, written.sort()]]
    }))
    expect(given).toEqual(writers)
  })

  it('publish only in the environment release', () => {
    const publishing = jobs.filter(({ file, job }) => file === 'release.yaml' && Object.values(job.permissions as object).includes('write'))
    expect(publishing.map(({ name, job }) => [name, job.environment])).toEqual(
      ['image', 'chart', 'npm', 'assets'].map(name => [name, 'release'])
    )
  })

  it('run no dependencies in jobs that sign or publish', () => {
    const publishing = jobs.filter(({ job }) => job.environment === 'release')
    expect(
      publishing.flatMap(({ job }) =>
        job.steps.flatMap(({ run = '' }) => run.match(/\bnpm (ci|install|run)\b|\bnpx\b|--import tsx/g) ?? [])
      )
    ).toEqual([])
  })

  it.each(jobs.map(({ file, name, job }) => [`${file} ${name}`, job] as const))(
    '%s has a timeout, persists no credentials, and uses no expressions in scripts',
    (_, job) => {
      expect(job['timeout-minutes']).toBeLessThanOrEqual(90)
      for (const step of job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@') === true)) {
        expect(step.with).toMatchObject({ 'persist-credentials': false })
      }
      expect(job.steps.filter(({ run }) => run?.includes('${{'))).toEqual([])
    }
  )

  it('run existing scripts', () => {
    const scripts = jobs.flatMap(({ job }) => job.steps.flatMap(({ run = '' }) => run.match(/\brelease\/[\w.-]+\.(sh|ts)/g) ?? []))
    expect([...new Set(scripts)].sort()).toEqual([
      'release/assets.sh',
      'release/base-images.sh',
      'release/chart.sh',
      'release/check-version.ts',
      'release/executable.ts',
      'release/krew.ts',
      'release/sums.sh'
    ])
    for (const script of scripts) expect(readFileSync(repositoryPath(script), 'utf8')).not.toBe('')
  })

  it('use Go and helm in the versions of the tests', () => {
    const [helm] = readdirSync(repositoryPath('test/tools/modules')).filter(name => name.startsWith('helm-4.'))
    const given = (action: string): unknown[] =>
      jobs.flatMap(({ job }) =>
        job.steps.filter(({ uses = '' }) => uses.includes(`/${action}@`)).map(step => step.with)
      )
    const go = { 'go-version-file': `test/tools/modules/${helm}/go.mod`, cache: false }
    expect({ go: given('setup-go'), helm: given('setup-helm') }).toEqual({ go: [go, go], helm: [{ version: helm?.replace('helm-', 'v') }] })
  })

  it('test every supported Kubernetes and Node, and the oldest Node that package.json allows', () => {
    const matrix = workflow('ci.yaml').jobs.test?.strategy?.matrix.include ?? []
    const { engines } = JSON.parse(readFileSync(repositoryPath('package.json'), 'utf8')) as { engines: { node: string } }
    expect([...new Set(matrix.map(({ kubernetes }) => kubernetes))].sort()).toEqual(supportedKubernetes())
    expect(matrix.map(({ node }) => node)).toEqual(['22', '24', engines.node.replace('>=', '')])
  })
})
