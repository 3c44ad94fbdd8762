import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { chmod, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { createGuard } from './guard.ts'
import { createProgress } from './progress.ts'
import type { GoBuild, Release } from './releases.ts'

export async function hasGo (env: NodeJS.ProcessEnv): Promise<boolean> {
  return promisify(execFile)('go', ['version'], { env }).then(() => true, () => false)
}

/**
 * Builds the binaries of a release from the Go module proxy, into its cache. They appear there when all are complete: an
 * interrupted build leaves only Go's own caches, which speed up the next one.
 */
export async function build (release: Release, go: GoBuild, env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  const temporary = join(release.cache, `.partial-${process.pid}-${Date.now()}`)
  mkdirSync(temporary, { recursive: true })
  const guard = createGuard(temporary)
  const progress = createProgress(`${release.name} ${release.version}`, log)
  try {
    progress.phase('reading its modules')
    progress.expect(await countStale(go, env, line => progress.line(line)))
    progress.phase('compiling')
    const [only] = release.binaries
    const output = release.binaries.length === 1 && only !== undefined ? join(temporary, only) : `${temporary}/`
    const command = ['build', '-v', ...flags(go), '-o', output, ...go.packages]
    const child = spawn('go', command, {
      cwd: go.module,
      // After a signal go leaves its temporary files, so they are in a folder that is removed.
      env: { ...goEnv(env), GOTMPDIR: temporary },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe']
    })
    if (child.pid !== undefined) guard.watch(child.pid)
    createInterface({ input: child.stderr }).on('line', line => progress.line(line))
    const [code] = await once(child, 'close')
    if (child.pid !== undefined) guard.forget(child.pid)
    if (code !== 0) throw new Error(`go ${command.join(' ')} ended with ${code}:\n${progress.lastLines().join('\n')}`)
    await mkdir(release.cache, { recursive: true })
    for (const binary of release.binaries) {
      await chmod(join(temporary, binary), 0o755)
      await rename(join(temporary, binary), join(release.cache, binary))
    }
    progress.done()
  } finally {
    progress.stop()
    await guard.close()
  }
}

/** Counts the packages to compile, without those in Go's build cache. Downloads modules as needed. */
async function countStale (go: GoBuild, env: NodeJS.ProcessEnv, onLine: (line: string) => void): Promise<number> {
  const template = '{{if .Stale}}{{.StaleReason}}{{end}}'
  const child = spawn('go', ['list', '-deps', ...flags(go), '-f', template, ...go.packages], {
    cwd: go.module, env: goEnv(env), stdio: ['ignore', 'pipe', 'pipe']
  })
  let count = 0
  createInterface({ input: child.stderr }).on('line', onLine)
  createInterface({ input: child.stdout }).on('line', reason => {
    if (reason !== '' && !reason.includes('available in build cache')) count++
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`go list ended with ${code} in ${go.module}`)
  return count
}

/** -trimpath removes local paths from the binaries; without -buildvcs=false Go would call git. */
function flags ({ ldflags }: GoBuild): string[] {
  return ['-trimpath', '-buildvcs=false', '-ldflags', ldflags]
}

/** The build must not depend on user settings, and must not change go.mod. */
function goEnv (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: `${env.GOFLAGS ?? ''} -mod=readonly`.trim() }
}
