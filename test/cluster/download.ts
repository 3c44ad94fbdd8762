import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { Agent, fetch, type Response } from 'undici'
import { isRecord } from './api-error.ts'
import type { Download } from './releases.ts'

/** How long a server may take to accept a connection, in milliseconds: short, for machines without internet access. */
const CONNECT_TIMEOUT = 5_000

/** Milliseconds between two progress reports. */
const PROGRESS_INTERVAL = 10_000

/**
 * Downloads a binary into a folder, if it matches the SHA-256 that its project publishes. A failure leaves nothing in the
 * folder; a binary appears there complete or not at all. Rejects when the server is unreachable, does not have the file
 * or its checksum, or when the checksum differs.
 */
export async function download ({ binary, url, checksums, member }: Download, folder: string, log: (line: string) => void): Promise<void> {
  const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT } })
  await mkdir(folder, { recursive: true })
  const temporary = await mkdtemp(join(folder, `.partial-${process.pid}-`))
  try {
    const expected = checksumOf(basename(url), await (await get(agent, checksums)).text(), checksums)
    const file = join(temporary, basename(url))
    await save(await get(agent, url), file, log)
    const actual = await sha256(file)
    if (actual !== expected) throw new Error(`${url} has the SHA-256 ${actual}, but ${checksums} says ${expected}: refused`)
    const complete = member === undefined ? file : await unpack(file, member, temporary)
    await chmod(complete, 0o755)
    await rename(complete, join(folder, binary))
  } finally {
    await rm(temporary, { recursive: true, force: true })
    await agent.close()
  }
}

async function get (dispatcher: Agent, url: string): Promise<Response> {
  const response = await fetch(url, { dispatcher }).catch((error: unknown) => {
    throw new Error(`${url} is unreachable: ${causeOf(error)}`)
  })
  if (!response.ok) throw new Error(`${url} failed with ${response.status}`)
  return response
}

async function save (response: Response, file: string, log: (line: string) => void): Promise<void> {
  if (response.body === null) throw new Error(`${response.url} has no content`)
  const size = Number(response.headers.get('content-length') ?? 0)
  let received = 0
  const report = (): void => log(`downloading ${response.url}: ${megabytes(received)} of ${size === 0 ? '?' : megabytes(size)} MB`)
  const content = Readable.fromWeb(response.body)
  content.on('data', (chunk: Uint8Array) => { received += chunk.length })
  report()
  const timer = setInterval(report, PROGRESS_INTERVAL)
  try {
    await pipeline(content, createWriteStream(file))
  } finally {
    clearInterval(timer)
  }
}

function megabytes (bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}

/** Reads the checksum from a file with nothing else, or from the line of the name in the output of `sha256sum`. */
function checksumOf (name: string, text: string, source: string): string {
  const lines = text.split('\n').map(line => line.trim().split(/\s+\*?/))
  const found = lines.find(([, file]) => file === name)?.[0] ?? (lines[0]?.length === 1 ? lines[0][0] : undefined)
  if (found === undefined || !/^[0-9a-f]{64}$/.test(found)) throw new Error(`${source} has no SHA-256 of ${name}`)
  return found
}

async function sha256 (file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

async function unpack (archive: string, member: string, folder: string): Promise<string> {
  await promisify(execFile)('tar', ['-xzf', archive, '-C', folder, member])
  return join(folder, member)
}

/** The message of fetch is "fetch failed"; the reason is in its cause. */
function causeOf (error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return isRecord(cause) && typeof cause.code === 'string' ? cause.code : String(cause)
}
