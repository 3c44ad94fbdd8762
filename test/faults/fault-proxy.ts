import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { isRecord } from '../cluster/api-error.ts'

/** Answers in the hook's place; `ask` gets what the hook itself would have answered. May never answer at all. */
export type Fault = (response: ServerResponse, ask: () => Promise<string>) => unknown

export type HookPath = '/sync' | '/customize'

/** Stands between the engine and the hook, and hands everything on but what it was told to get wrong. */
export interface FaultProxy {
  url: string
  /** From now on what is asked about a Tenant goes wrong. */
  inject (path: HookPath, tenant: string, fault: Fault): void
  restore (path: HookPath, tenant: string): void
  /** How often something went wrong for a Tenant since it was injected. */
  hits (path: HookPath, tenant: string): number
  /** How many requests the hook itself has answered so far. */
  answers (): number
  close (): Promise<void>
}

export async function startFaultProxy (hookUrl: string): Promise<FaultProxy> {
  const faults = new Map<string, { fault: Fault, hits: number }>()
  let answers = 0

  async function answer (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    const path = request.url ?? '/'
    const ask = () => fetch(hookUrl + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const found = faults.get(keyOf(path, tenantIn(body)))
    if (found !== undefined) {
      found.hits++
      await found.fault(response, async () => (await ask()).text())
      return
    }
    const { status, ...rest } = await ask().then(async answer => ({ status: answer.status, text: await answer.text() }))
    answers++
    response.writeHead(status, { 'content-type': 'application/json' }).end(rest.text)
  }

  const server = createServer((request, response) => {
    // Without the hook there is nothing to hand on: the engine sees what it would see of a pod that is gone.
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    inject: (path, tenant, fault) => { faults.set(keyOf(path, tenant), { fault, hits: 0 }) },
    restore: (path, tenant) => { faults.delete(keyOf(path, tenant)) },
    hits: (path, tenant) => faults.get(keyOf(path, tenant))?.hits ?? 0,
    answers: () => answers,
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

function tenantIn (body: string): string {
  const { parent } = JSON.parse(body) as { parent?: unknown }
  return isRecord(parent) && isRecord(parent.metadata) ? String(parent.metadata.name) : ''
}
