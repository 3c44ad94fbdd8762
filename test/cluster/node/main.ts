import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorMessage } from '../../../src/error-message.ts'
import { resolveAllBinaries, type Binaries } from '../binaries.ts'
import { resolveEngine } from '../engine.ts'
import { createGuard } from '../guard.ts'
import { cachedLayers } from './layers.ts'
import { nodeReleases } from './releases.ts'
import { namespaces, whyNoNode } from './requirements.ts'
import { programPath, resolveSystemPrograms } from './system-programs.ts'

/**
 * Runs a command where a node can be started: on a machine of its own, made of namespaces, which has no network but its own. Before that it
 * gets what must come from elsewhere. Arguments: the command. Ends with its exit code; without what it needs, with 0 and a line that says so,
 * and with 1 where CI is set.
 */
async function main (command: string[]): Promise<number> {
  const missing = await whyNoNode()
  if (missing !== undefined) {
    const isRequired = (process.env.CI ?? '') !== ''
    console.log(`${isRequired ? 'failed' : 'skipped'}: tests on a node: ${missing}`)
    console.log(isRequired ? '0 passed, 1 failed' : '1 skipped\n0 passed, 0 failed')
    return isRequired ? 1 : 0
  }
  const resolve = { env: process.env, log: (line: string) => console.log(line) }
  const binaries: Binaries = Object.assign({}, ...await resolveAllBinaries(nodeReleases(process.env), resolve))
  const env = await resolveSystemPrograms(resolve)
  const engine = await resolveEngine(resolve)
  // Of this run alone, so that all of it can be removed at the end.
  const cgroup = `/k8s-mtp-${process.pid}`
  const guard = createGuard(undefined, cgroup)
  try {
    const layers = await cachedLayers({ busybox: programPath('busybox', env), coredns: binaries.coredns?.path ?? '' }, resolve)
    const pidFile = join(guard.folder, 'pid')
    const script = fileURLToPath(new URL('namespace.sh', import.meta.url))
    const child = spawn('unshare', [...namespaces, '/bin/sh', script, guard.folder, ...command], {
      stdio: 'inherit',
      detached: true,
      env: {
        ...env,
        // Nothing can be downloaded there.
        K8S_MTP_ENGINE: engine.name,
        ...(engine.name === 'metacontroller' && { METACONTROLLER_BIN: engine.command }),
        K8S_MTP_NODE_LAYERS: layers,
        K8S_MTP_CGROUP: cgroup,
        K8S_MTP_NODE_PID: pidFile
      }
    })
    const { pid } = child
    if (pid === undefined) throw new Error('unshare cannot be started')
    guard.watch(pid)
    writeFileSync(pidFile, `${pid}\n`)
    // The command ends by itself then, and with it the namespaces.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.kill(-pid, 'SIGINT'))
    const [code] = await once(child, 'exit') as [number | null]
    return code ?? 1
  } finally {
    await guard.close()
  }
}

main(process.argv.slice(2)).then(code => process.exit(code), (error: unknown) => {
  console.error(errorMessage(error))
  process.exit(1)
})
