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
  // The demo writes to the temporary folder only, and its processes inherit this one.
  let folder: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-demo-')) })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs the demo until it ends, and sends SIGINT after it printed a text. */
  function runDemo (args: string[], options: { env?: NodeJS.ProcessEnv, interruptAt?: string } = {}): Promise<Outcome> {
    const { env = {}, interruptAt } = options
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/demo/main.ts', ...args], {
      cwd: repositoryPath(''),
      // tsx would keep its cache in the temporary folder.
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

  it('shows Ready Tenants, refused tampering, workloads, drift correction and no steady-state writes, and cleans up', async () => {
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
      refused: [
        'delete Namespace tenant-acme-shop', 'set pods to 9999 in its quota', 'lower its pod security',
        'open a port on every node'
      ].map(what => ({ what, message: expect.stringMatching(/Tenant/) })),
      workloads: {
        user: 'ada@acme.example',
        admitted: { name: 'web', pod: expect.stringMatching(/^web-/), milliseconds },
        refused: {
          name: 'web-root',
          message: expect.stringMatching(/^violates PodSecurity "restricted:latest"/)
        }
      },
      corrected: ['deleted Role', 'set pods from'].map(what => ({ what: expect.stringContaining(what), milliseconds })),
      steadyStateWrites: 0,
      steadyStateSeconds: 10
    })
    expect(stdout).toContain('Namespace tenant-acme-shop')
    expect(stdout).toContain('kubectl --as ada@acme.example')
    expect(stdout).toContain('Remove runAsUser, or ask for a TenantClass with userNamespaces.')
    rmSync(file)
    expectNothingLeft(folder)
  }, 120_000)

  it('cleans up after Ctrl-C during the start', async () => {
    const { code, stdout } = await runDemo([], { interruptAt: 'the API server is ready' })
    expect(stdout).toContain('All processes and files are removed.')
    expect(code).toBe(130)
    expectNothingLeft(folder)
  })

  it('reports a failed start, and cleans up', async () => {
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

/** The command lines of processes with a variable in their environment, on Linux. */
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
