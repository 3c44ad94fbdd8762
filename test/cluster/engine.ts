import { accessSync, constants, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { strategies } from '../strategies.ts'
import { MissingBinaryError, resolveBinaries, type ResolveOptions, type Source } from './binaries.ts'
import type { Guard } from './guard.ts'
import { probe } from './http.ts'
import { repositoryPath } from './paths.ts'
import { freePorts } from './ports.ts'
import { startProcess, type ManagedProcess } from './process.ts'
import { metacontrollerRelease } from './releases.ts'

export type ApplyStrategy = typeof strategies[number]

/** The program that watches Tenants, calls the hook and applies its responses. */
export interface EngineProgram {
  name: 'metacontroller' | 'stand-in'
  /** Of Metacontroller; for the stand-in, the version that it implements. */
  version: string
  command: string
  args: string[]
  source: Source | 'repository'
}

export type Engine = ManagedProcess & Pick<EngineProgram, 'name' | 'version' | 'source'> & {
  strategy: ApplyStrategy
  /** The address of its metrics for Prometheus. */
  metricsUrl: string
}

/** Reads K8S_MTP_APPLY_STRATEGY; the default is that of Metacontroller. */
export function applyStrategy (env: NodeJS.ProcessEnv): ApplyStrategy {
  const wanted = env.K8S_MTP_APPLY_STRATEGY ?? 'dynamic-apply'
  const found = strategies.find(strategy => strategy === wanted)
  if (found === undefined) throw new Error(`K8S_MTP_APPLY_STRATEGY=${wanted} is not supported; choose one of ${strategies.join(', ')}`)
  return found
}

/**
 * Finds Metacontroller in METACONTROLLER_BIN, PATH, the cache or its releases, or else the stand-in; K8S_MTP_ENGINE
 * selects one. Rejects when the selected one cannot be found.
 */
export async function resolveEngine ({ env, log }: ResolveOptions): Promise<EngineProgram> {
  const wanted = env.K8S_MTP_ENGINE ?? ''
  if (!['', 'metacontroller', 'stand-in'].includes(wanted)) {
    throw new Error(`K8S_MTP_ENGINE=${wanted} is not supported; choose metacontroller or stand-in`)
  }
  if (wanted !== 'stand-in') {
    const found = await resolveMetacontroller({ env, log }).catch((error: unknown) => {
      if (wanted === '' && error instanceof MissingBinaryError) return undefined
      throw error
    })
    if (found !== undefined) return found
  }
  return {
    name: 'stand-in',
    version: metacontrollerRelease(env).version,
    command: process.execPath,
    args: ['--import', 'tsx', repositoryPath('test/stand-in/main.ts')],
    source: 'repository'
  }
}

async function resolveMetacontroller ({ env, log }: ResolveOptions): Promise<EngineProgram | undefined> {
  const release = metacontrollerRelease(env)
  const program = { name: 'metacontroller' as const, version: release.version, args: [] }
  const given = env.METACONTROLLER_BIN ?? ''
  if (given !== '') {
    accessSync(given, constants.X_OK)
    return { ...program, command: given, source: 'METACONTROLLER_BIN' }
  }
  const { metacontroller } = await resolveBinaries(release, { env, log })
  return metacontroller && { ...program, command: metacontroller.path, source: metacontroller.source }
}

export interface EngineOptions {
  guard: Guard
  program: EngineProgram
  kubeconfig: string
  strategy: ApplyStrategy
  /** By default that of this process. */
  env?: NodeJS.ProcessEnv
  /** Further flags. */
  args?: string[]
  /** The name of its log; where several engines run, each has its own. */
  log?: string
}

/**
 * Starts the engine. CRDs and the CompositeController should exist before, since it discovers new ones at an interval.
 * The flags raise its limit of 5 requests a second, which would make the tests take minutes.
 */
export async function startEngine ({ guard, program, kubeconfig, strategy, env, args = [], log = 'engine' }: EngineOptions): Promise<Engine> {
  const [metrics, health] = await freePorts(2)
  const process = await startProcess({
    name: program.name,
    command: program.command,
    args: [
      ...program.args,
      `--kubeconfig=${kubeconfig}`,
      `--metrics-address=127.0.0.1:${metrics}`,
      `--health-probe-bind-address=127.0.0.1:${health}`,
      '--discovery-interval=5s',
      '--client-go-qps=300',
      '--client-go-burst=600',
      '--workers=20',
      `--apply-strategy=${strategy}`,
      ...args
    ],
    ...(env !== undefined && { env }),
    cwd: repositoryPath(''),
    logFile: join(guard.folder, `${log}.log`),
    guard,
    ready: async () => (await probe(`http://127.0.0.1:${health}/readyz`)).ok
  })
  const version = versionIn(process.logFile) ?? program.version
  return Object.assign(process, {
    name: program.name,
    version,
    source: program.source,
    strategy,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`
  })
}

/** Metacontroller logs its version when it starts; a given binary may have any version. */
function versionIn (logFile: string): string | undefined {
  return /"version":\s*"v?(\d[^"]*)"/.exec(readFileSync(logFile, 'utf8'))?.[1]
}
