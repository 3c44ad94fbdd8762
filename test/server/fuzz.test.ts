import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Pool } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Environment } from '../../src/server/config.ts'
import { identity, type ObservedObject } from '../../src/kubernetes/object.ts'
import type { SyncRequest } from '../../src/hook/schema.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { casesOfRun } from '../support/cases-of-run.ts'
import { createRandom } from './fuzz/random.ts'
import { baseRequests, nextRequest, type FuzzRequest } from './fuzz/requests.ts'

const count = Number(process.env['K8S_MTP_FUZZ_REQUESTS'] ?? casesOfRun(5_000))
const seed = Number(process.env['K8S_MTP_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
/** One request in so many is as large as the limit, which takes as long as hundreds of others. */
const largeEvery = 300
/** With the default count; a slow machine sends fewer. */
const maxMilliseconds = process.env['K8S_MTP_FUZZ_REQUESTS'] === undefined ? 45_000 : Infinity

/** Of the smallest `sizing` of the chart. */
const { 100: sizing } = parse(readFileSync(repositoryPath('chart/files/sizing.yaml'), 'utf8')) as {
  100: { hook: { resources: { limits: { memory: string } } } }
}
const memoryLimit = Number(/^(\d+)Mi$/.exec(sizing.hook.resources.limits.memory)?.[1])
const { default: bodyLimit } = Environment.properties.K8S_MTP_BODY_LIMIT as { default: number }

let hook: ChildProcess
let url: string
let output = ''

/** With the heap that Node.js gives itself under the memory limit of the chart: half of it. */
beforeAll(async () => {
  const env = { ...process.env, NODE_OPTIONS: '', K8S_MTP_HOST: '127.0.0.1', K8S_MTP_PORT: '0', K8S_MTP_LOG_LEVEL: 'warn' }
  hook = spawn(process.execPath, [`--max-old-space-size=${memoryLimit / 2}`, '--import', 'tsx', 'src/main.ts', 'serve'], {
    cwd: repositoryPath(''), env: { ...env, K8S_MTP_LOG_LEVEL: 'info' }, stdio: ['ignore', 'pipe', 'pipe']
  })
  hook.stderr?.on('data', (chunk: Buffer) => { output = (output + chunk.toString()).slice(-5_000) })
  const lines = createInterface({ input: hook.stdout ?? expect.unreachable() })
  url = await new Promise<string>((resolve, reject) => {
    hook.once('exit', code => reject(new Error(`the hook ended with ${code}: ${output}`)))
    lines.on('line', line => {
      const [, address] = /listening at (http:[^"]+)/.exec(line) ?? []
      if (address !== undefined) resolve(address)
      if (/"level":[56]0/.test(line)) output = (output + line).slice(-5_000)
    })
  })
}, 60_000)
afterAll(() => { hook.kill('SIGKILL') })

/** The most memory that the process has used, in MiB; Linux only. */
function peakMemory (): number | undefined {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${hook.pid}/status`, 'utf8')) ?? []
    return Number(kibibytes) / 1024
  } catch {
    return undefined
  }
}

interface SyncBody { status: { phase?: string }, children: ObservedObject[] }

const phasesOnHold = ['Blocked', 'Paused', 'Terminating']

/** The observed objects that a response with status 200 leaves out although it must not: on hold any, otherwise those that are never deleted. */
function leftOut ({ body }: FuzzRequest, { status, children }: SyncBody): string[] {
  const request = JSON.parse(body) as SyncRequest
  const isOnHold = phasesOnHold.includes(status.phase ?? '')
  const observed = Object.values(request.children).flatMap(objects => Object.values(objects))
    .filter(({ kind }) => isOnHold || kind === 'Namespace')
  const returned = new Set(children.map(identity))
  return observed.map(identity).filter(key => !returned.has(key))
}

it(`responds to up to ${count} random requests within the memory limit of the chart, without an internal error and with all observed objects`, async () => {
  const random = createRandom(seed)
  const bases = baseRequests()
  const pool = new Pool(url, { connections: 4 })
  const statuses: Record<number, number> = {}
  let sent = 0
  const deadline = Date.now() + maxMilliseconds

  async function send (): Promise<void> {
    while (sent < count && Date.now() < deadline) {
      sent++
      const request = nextRequest(random, bases, { limit: bodyLimit, largeEvery })
      const reported = `seed ${seed}, request ${sent}, ${request.path} (${request.made}): ${request.body.slice(0, 500)}`
      const response = await pool.request({
        method: 'POST', path: request.path, body: request.body, headers: request.contentType === '' ? {} : { 'content-type': request.contentType }
      }).catch((error: unknown) => {
        // The server closes the connection of a request that is too large, also while it is being sent.
        if (Buffer.byteLength(request.body) > bodyLimit && hook.exitCode === null) return undefined
        throw new Error(`${String(error)}, ${reported}\n${output}`)
      })
      if (response === undefined) continue
      const text = await response.body.text()
      statuses[response.statusCode] = (statuses[response.statusCode] ?? 0) + 1
      if (response.statusCode >= 500) expect.fail(`${response.statusCode} ${text.slice(0, 500)}, ${reported}\n${output}`)
      if (response.statusCode === 200 && request.path === '/sync') expect(leftOut(request, JSON.parse(text) as SyncBody), reported).toEqual([])
    }
  }
  await Promise.all(Array.from({ length: 4 }, async () => { await send() }))
  await pool.close()
  const peak = peakMemory()
  console.log(`seed ${seed}, ${sent} requests: ${JSON.stringify(statuses)}, ${peak === undefined ? 'unknown' : Math.round(peak)} of ${memoryLimit} MiB`)
  expect(hook.exitCode).toBeNull()
  expect(statuses).toMatchObject({ 200: expect.any(Number) as number, 400: expect.any(Number) as number })
  if (peak !== undefined) expect(peak).toBeLessThan(memoryLimit)
}, 60_000 + count * 100)
