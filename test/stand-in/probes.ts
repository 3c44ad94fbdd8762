import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { counters } from './counters.ts'

/** Serves /healthz and /readyz as soon as the process runs, with or without permissions and lease, as Metacontroller does. */
export async function serveProbes (address: string, host: string | undefined): Promise<Server | undefined> {
  return serve(address, host, path => path === '/healthz' || path === '/readyz' ? 'ok' : undefined)
}

export async function serveMetrics (address: string, host: string | undefined): Promise<Server | undefined> {
  return serve(address, host, path => path === '/metrics' ? counters() : undefined)
}

/** An address without a host listens on `host`, or on all addresses where that is undefined; "0" disables the server. */
async function serve (
  address: string, host: string | undefined, page: (path: string | undefined) => string | undefined
): Promise<Server | undefined> {
  if (address === '0' || address === '') return undefined
  const server = createServer((request, response) => {
    const text = page(request.url)
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(text)
  })
  const colon = address.lastIndexOf(':')
  server.listen(Number(address.slice(colon + 1)), address.slice(0, colon) || host)
  await once(server, 'listening')
  return server
}
