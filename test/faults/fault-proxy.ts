import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { isRecord } from '../cluster/api-error.ts'

/** Responds instead of the hook; `callHook` returns the response of the hook. A fault may never respond. */
export type Fault = (response: ServerResponse, callHook: () => Promise<string>) => unknown

/** A call that the hook responded to. */
export interface Exchange {
  /** `/sync`. */
  path: string
  /** The kind and name of the parent. */
  kind: string
  name: string
  status: number
  requestBytes: number
  responseBytes: number
}

export type HookPath = '/sync' | '/customize'

/** Forwards requests of the engine to the hook, except those with an injected fault. */
export interface FaultProxy {
  url: string
  /** Injects a fault into the calls for a Tenant. */
  inject (path: HookPath, tenant: string, fault: Fault): void
  restore (path: HookPath, tenant: string): void
  /** Counts the faulty calls for a Tenant since the injection. */
  hits (path: HookPath, tenant: string): number
  /** Counts the responses of the hook. */
  responses (): number
  close (): Promise<void>
}

export async function startFaultProxy (hookUrl: string, onExchange: (exchange: Exchange) => void = () => {}): Promise<FaultProxy> {
  const faults = new Map<string, { fault: Fault, hits: number }>()
  let responses = 0

  async function handle (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    const path = request.url ?? '/'
    const forward = () => fetch(hookUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body
    })
    const parent = parentIn(body)
    const found = faults.get(keyOf(path, parent.name))
    if (found !== undefined) {
      found.hits++
      await found.fault(response, async () => (await forward()).text())
      return
    }
    const { status, ...rest } = await forward().then(async forwarded => ({
      status: forwarded.status,
      text: await forwarded.text()
    }))
    responses++
    onExchange({ path, ...parent, status, requestBytes: Buffer.byteLength(body), responseBytes: Buffer.byteLength(rest.text) })
    response.writeHead(status, { 'content-type': 'application/json' }).end(rest.text)
  }

  const server = createServer((request, response) => {
    // Without the hook the engine sees a closed connection, as of a pod that is gone.
    handle(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    inject: (path, tenant, fault) => { faults.set(keyOf(path, tenant), { fault, hits: 0 }) },
    restore: (path, tenant) => { faults.delete(keyOf(path, tenant)) },
    hits: (path, tenant) => faults.get(keyOf(path, tenant))?.hits ?? 0,
    responses: () => responses,
    async close () {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    }
  }
}

function keyOf (path: string, tenant: string): string {
  return `${path} ${tenant}`
}

function parentIn (body: string): { kind: string, name: string } {
  const { parent } = JSON.parse(body) as { parent?: unknown }
  if (!isRecord(parent) || !isRecord(parent.metadata)) return { kind: '', name: '' }
  return { kind: String(parent.kind), name: String(parent.metadata.name) }
}
