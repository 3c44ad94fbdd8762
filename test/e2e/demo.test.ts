import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { isRunning } from '../cluster/running.ts'
import { platform } from './context.ts'

interface Outcome { code: number | null, stdout: string, stderr: string }

describe('the demo', () => {
  // The demo writes into the temporary folder only, and everything that it starts inherits this one.
  let folder: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-demo-')) })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs the demo until it ends; sends it SIGINT as soon as it has written a text. */
  function runDemo (args: string[], { env = {}, interruptAt }: { env?: NodeJS.ProcessEnv, interruptAt?: string } = {}): Promise<Outcome> {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/demo/main.ts', ...args], {
      cwd: repositoryPath(''),
      // What tsx has compiled it would keep in the temporary folder.
      env: { ...process.env, TMPDIR: folder, TSX_DISABLE_CACHE: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let stdout = ''
    let stderr = ''
    child.stderr.on('data', chunk => { stderr += String(chunk) })
    child.stdout.on('data', chunk => {
      const isFirst = interruptAt !== undefined && !stdout.includes(interruptAt)
      stdout += String(chunk)
      if (isFirst && stdout.includes(interruptAt)) child.kill('SIGINT')
    })
    return new Promise(resolve => child.once('close', code => resolve({ code, stdout, stderr })))
  }

  it('shows every example Tenant Ready, tampering refused, two changes corrected and no write at rest, and leaves nothing behind', async () => {
    const file = join(folder, 'demo.json')
    const { code, stdout, stderr } = await runDemo(['--once', '--json', file])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const { engine, versions } = platform()
    const milliseconds = expect.any(Number)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      engine: engine.name,
      applyStrategy: engine.strategy,
      versions: { engine: engine.version, ...versions },
      tenants: ['acme', 'globex', 'initech'].map(name => ({ name, ready: true, milliseconds })),
      refused: ['delete Namespace tenant-acme-shop', 'set pods to 9999 in its quota', 'lower its pod security', 'open a port on every node'].map(what => ({ what, message: expect.stringMatching(/TenantClass|Tenant/) })),
      corrected: [expect.stringContaining('deleted Role'), expect.stringContaining('ResourceQuota')].map(what => ({ what, milliseconds })),
      writesAtRest: 0,
      restSeconds: 10
    })
    expect(stdout).toContain('Namespace tenant-acme-shop')
    rmSync(file)
    expectNothingLeft(folder)
  }, 120_000)

  it('leaves nothing behind after Ctrl-C half way', async () => {
    const { code, stdout } = await runDemo([], { interruptAt: 'the API server answers' })
    expect(stdout).toContain('Nothing is left behind.')
    expect(code).toBe(130)
    expectNothingLeft(folder)
  })

  it('says why and leaves nothing behind when it fails half way', async () => {
    const broken = { K8S_MTP_ENGINE: 'metacontroller', METACONTROLLER_BIN: '/bin/false' }
    const { code, stderr } = await runDemo(['--once'], { env: broken })
    expect(stderr).toContain('The demo failed: metacontroller ended with 1')
    expect(code).toBe(1)
    expectNothingLeft(folder)
  })
})

function expectNothingLeft (folder: string): void {
  expect(readdirSync(folder)).toEqual([])
  expect(processesWith(`TMPDIR=${folder}`)).toEqual([])
}

/** The command lines of processes with a variable in their environment, where the system tells (Linux). */
function processesWith (variable: string): string[] {
  return listProcesses().filter(pid => isRunning(Number(pid))).flatMap(pid => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      return environment.includes(variable) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')] : []
    } catch {
      return []
    }
  })
}

function listProcesses (): string[] {
  try {
    return readdirSync('/proc').filter(name => /^\d+$/.test(name))
  } catch {
    return []
  }
}
