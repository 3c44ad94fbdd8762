import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Guard } from '../../cluster/guard.ts'
import { startHook } from '../../cluster/hook.ts'
import { repositoryPath } from '../../cluster/paths.ts'
import { send, targetAt } from './load.ts'
import { requestsAtRest } from './requests.ts'
import type { Options } from './measure.ts'

/** https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  nodes: Array<{ id: number, callFrame: { functionName: string, url: string, lineNumber: number }, children?: number[] }>
  samples: number[]
  timeDeltas: number[]
}

export interface Profile {
  /** Share of the time in which the hook worked, by phase. */
  phases: Record<string, number>
  /** The functions that took most themselves, with their share. */
  functions: Array<[name: string, share: number]>
}

/** The phase of a request that code belongs to; what it calls elsewhere belongs to it too. The first match decides. */
const phases: ReadonlyArray<readonly [phase: string, code: RegExp]> = [
  ['parse', /src\/server\/plugins\/body|secure-json-parse|fastify\/lib\/content-type-parser/],
  ['check', /src\/server\/validate/],
  ['decide', /src\/tenancy\/(decision|policy|desired)\//],
  ['compare', /src\/tenancy\/drift\//],
  ['respond', /src\/tenancy\/(correction|children|status)\/|src\/server\/app\.ts/],
  ['read', /src\/(hook|tenancy)\//],
  ['log and count', /node_modules\/(pino|sonic-boom|prom-client)|src\/server\/plugins\/request-summary/],
  ['HTTP', /^node:|node_modules\/(fastify|find-my-way|light-my-request)/]
]
const startUp = /^node:internal\/(modules|bootstrap|process\/esm_loader)|node_modules\/tsx/

/** Profiles the hook from its source, whose files tell the phases apart. */
export async function profileHook (guard: Guard, { requests, connections, tenants, strategy }: Options): Promise<Profile> {
  const exchanges = requestsAtRest(tenants, strategy)
  const folder = join(guard.folder, 'profile')
  const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--import', 'tsx', repositoryPath('src/main.ts')]
  const process = await startHook(guard, { program: flags })
  const target = targetAt(process, process.url, connections)
  await send(target, exchanges, requests, connections)
  await target.pool.close()
  await process.stop()
  const profiles = readdirSync(folder).map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile)
  // The loader of the source has a thread of its own.
  const ofHook = profiles.find(({ nodes }) => nodes.some(({ callFrame }) => callFrame.url.includes('src/tenancy/')))
  if (ofHook === undefined) throw new Error('the hook wrote no profile')
  return attribute(ofHook)
}

/** Attributes the time of each function to the phase of the nearest caller that has one. Leaves out the start. */
export function attribute ({ nodes, samples, timeDeltas }: CpuProfile): Profile {
  const parents = new Map(nodes.flatMap(node => (node.children ?? []).map(child => [child, node.id] as const)))
  const byId = new Map(nodes.map(node => [node.id, node]))
  const self = new Map<number, number>()
  samples.forEach((id, index) => self.set(id, (self.get(id) ?? 0) + (timeDeltas[index] ?? 0)))
  const sums = { phases: new Map<string, number>(), functions: new Map<string, number>() }
  const phaseOf = (id: number | undefined): string => {
    const node = byId.get(id ?? NaN)
    if (node === undefined) return 'other'
    const { functionName, url } = node.callFrame
    if (functionName === '(garbage collector)') return 'garbage collection'
    return phases.find(([, code]) => code.test(url))?.[0] ?? phaseOf(parents.get(node.id))
  }
  const isStartUp = (id: number | undefined): boolean => {
    const node = byId.get(id ?? NaN)
    return node !== undefined && (startUp.test(node.callFrame.url) || isStartUp(parents.get(node.id)))
  }
  for (const [id, time] of self) {
    if (isStartUp(id)) continue
    const { functionName, url, lineNumber } = byId.get(id)?.callFrame ?? { functionName: '', url: '', lineNumber: 0 }
    if (['(idle)', '(program)', '(root)'].includes(functionName)) continue
    const name = [functionName === '' ? '(anonymous)' : functionName, url === '' ? '' : `${url.replace(/^.*\/(src|node_modules)\//, '')}:${lineNumber + 1}`].join(' ')
    for (const [sum, key] of [[sums.phases, phaseOf(id)], [sums.functions, name]] as const) sum.set(key, (sum.get(key) ?? 0) + time)
  }
  const total = [...sums.phases.values()].reduce((sum, time) => sum + time, 0)
  const shares = (sum: Map<string, number>) => [...sum].map(([name, time]): [string, number] => [name, time / total]).sort(([, a], [, b]) => b - a)
  return { phases: Object.fromEntries(shares(sums.phases)), functions: shares(sums.functions).slice(0, 30) }
}
