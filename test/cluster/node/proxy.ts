import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { World } from './world.ts'

export interface Proxy {
  /** For a process that knows HTTP_PROXY and HTTPS_PROXY; what is on 127.0.0.1 is never asked of a proxy. */
  env: NodeJS.ProcessEnv
  stop (): Promise<void>
}

/** An HTTP proxy to the Services and nowhere else: how a program that was not written for Node finds them by their names. */
export async function startProxy (services: World['services']): Promise<Proxy> {
  const open = new Set<Socket>()
  const server = createServer((request, response) => forward(request, response, services))
  server.on('connection', socket => { open.add(socket); socket.on('close', () => open.delete(socket)) })
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => tunnel(services[request.url ?? ''], socket, head))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It listens on a port, so that its address is one.
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    env: { HTTP_PROXY: url, HTTPS_PROXY: url },
    async stop () {
      server.close()
      for (const socket of open) socket.destroy()
      await once(server, 'close')
    }
  }
}

/** http:// comes with the whole URL. */
function forward (request: IncomingMessage, response: ServerResponse, services: World['services']): void {
  const url = new URL(request.url ?? '', 'http://nowhere')
  const port = services[`${url.hostname}:${url.port || 80}`]
  const fail = (): void => { response.destroy() }
  if (port === undefined) {
    response.writeHead(502).end()
    return
  }
  const outgoing = send({ host: '127.0.0.1', port, method: request.method, path: url.pathname + url.search, headers: request.headers }, answer => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.on('error', fail).pipe(response)
  })
  outgoing.on('error', fail)
  response.on('close', () => outgoing.destroy())
  request.pipe(outgoing)
}

/** https:// comes as a tunnel. */
function tunnel (port: number | undefined, incoming: Socket, head: Buffer): void {
  incoming.on('error', () => {})
  if (port === undefined) {
    incoming.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    return
  }
  const outgoing = connect(port, '127.0.0.1', () => {
    incoming.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    outgoing.write(head)
    incoming.pipe(outgoing).pipe(incoming)
  })
  outgoing.on('error', () => incoming.destroy())
  outgoing.on('close', () => incoming.destroy())
  incoming.on('close', () => outgoing.destroy())
}
