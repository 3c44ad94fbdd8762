import { constants } from 'node:crypto'
import { createServer as createHttpServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import type { Tls } from './credentials/credentials.ts'

/**
 * All in milliseconds. Metacontroller keeps connections that nobody uses for 90 s (source: IdleConnTimeout of Go's DefaultTransport, which its
 * own transports are copies of). We keep them longer, as whoever closes first must be the one who asks: a request that crosses our closing is lost.
 * A request has to arrive within 30 s, its headers within 10: Metacontroller gives up after 10 s, unless it is told otherwise.
 */
const timeouts = {
  keepAliveTimeout: 100_000,
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5_000
} satisfies ServerOptions
const handshakeTimeout = 10_000

/** Over TLS where it is given, and then always by what it holds now. */
export function createServer (handler: RequestListener, tls: Tls | undefined): Server {
  return tls === undefined ? createHttpServer(timeouts, handler) : createTlsServer(handler, tls)
}

function createTlsServer (handler: RequestListener, tls: Tls): Server {
  const server = createHttpsServer({
    ...timeouts,
    ...contextOf(tls),
    handshakeTimeout,
    requestCert: tls.clientAuthorities() !== undefined,
    // Probes and Prometheus have no certificate: who needs one is told so by the routes, in words.
    rejectUnauthorized: false
  }, handler)
  const connections = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  tls.onChange(what => {
    server.setSecureContext(contextOf(tls))
    // A caller is judged when he connects. Whoever connected by the old authorities, or is about to, has to come again.
    if (what === 'client_authorities') for (const connection of connections) connection.destroy()
  })
  return server
}

function contextOf (tls: Tls): SecureContextOptions {
  const { cert, key } = tls.certificate()
  const authorities = tls.clientAuthorities()
  return {
    cert,
    key,
    ...(authorities !== undefined && { ca: authorities.pem }),
    // Metacontroller, the kubelet and Prometheus are Go programs: all speak it.
    minVersion: 'TLSv1.3',
    // Without tickets nobody resumes a session that was judged by other authorities, and no key of tickets lies around.
    secureOptions: constants.SSL_OP_NO_TICKET
  }
}
