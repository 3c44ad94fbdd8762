import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { counters } from './counters.ts'

/** Serves /healthz and /readyz as soon as the process runs, as Metacontroller does. */
export async function serveProbes (address: string): Promise<Server | undefined> {
  return serve(address, path => path === '/healthz' || path === '/readyz' ? 'ok' : undefined)
}

export async function serveMetrics (address: string): Promise<Server | undefined> {
  return serve(address, path => path === '/metrics' ? counters() : undefined)
}

/** An address without a host listens on 127.0.0.1; "0" disables the server. */
async function serve (address: string, page: (path: string | undefined) => string | undefined): Promise<Server | undefined> {
  if (address === '0' || address === '') return undefined
  const server = createServer((request, response) => {
    const text = page(request.url)
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(text)
  })
  const colon = address.lastIndexOf(':')
  server.listen(Number(address.slice(colon + 1)), address.slice(0, colon) || '127.0.0.1')
  await once(server, 'listening')
  return server
}
