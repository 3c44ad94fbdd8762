import { constants } from 'node:crypto'
import { createServer as createHttpServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import type { Tls } from './credentials/credentials.ts'

/**
 * All in milliseconds. Metacontroller keeps idle connections for 90 s (source: IdleConnTimeout of Go's
 * DefaultTransport, which its transports copy). The server keeps them longer, so that the client closes first: a request that crosses a
 * close by the server is lost. A request must arrive within 30 s, its headers within 10: the default timeout of
 * Metacontroller is 10 s.
 */
const timeouts = {
  keepAliveTimeout: 100_000,
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5_000
} satisfies ServerOptions
const handshakeTimeout = 10_000

/** Creates an HTTP server, or with `tls` an HTTPS server that follows changes of the credentials. */
export function createServer (handler: RequestListener, tls: Tls | undefined): Server {
  return tls === undefined ? createHttpServer(timeouts, handler) : createTlsServer(handler, tls)
}

function createTlsServer (handler: RequestListener, tls: Tls): Server {
  const server = createHttpsServer({
    ...timeouts,
    ...contextOf(tls),
    handshakeTimeout,
    requestCert: tls.clientAuthorities() !== undefined,
    // Probes and Prometheus have no certificate. Routes that require one respond with 401 and a message.
    rejectUnauthorized: false
  }, handler)
  const connections = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  tls.onChange(credential => {
    server.setSecureContext(contextOf(tls))
    // Client certificates are verified at the handshake. Connections verified by the former CAs must reconnect.
    if (credential === 'client_authorities') for (const connection of connections) connection.destroy()
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
    // Metacontroller, the kubelet and Prometheus are Go programs, which support it.
    minVersion: 'TLSv1.3',
    // Without tickets, no session verified by the former CAs can be resumed, and there is no ticket key to leak.
    secureOptions: constants.SSL_OP_NO_TICKET
  }
}
