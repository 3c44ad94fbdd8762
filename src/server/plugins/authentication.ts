import type { FastifyInstance } from 'fastify'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Tokens } from '../credentials/tokens.ts'

/** What callers have to prove themselves by: all of what is asked for. */
export interface Authentication {
  /** Undefined: no token is needed. */
  tokens: (() => Tokens) | undefined
  /** A certificate that the server's authorities have signed. */
  clientCertificate: boolean
}

interface Problem {
  /** For the log. */
  reason: string
  /** For the caller, which is an event of the Tenant in the end. */
  message: string
}

/** Answers 401, before the body is read, to whoever asks one of the routes of this plugin without proving himself. To Metacontroller that is an error: it changes nothing. */
export function authenticateCallers (app: FastifyInstance, { tokens, clientCertificate }: Authentication, now: () => Date): void {
  app.addHook('onRequest', async (request, reply) => {
    const problem = (clientCertificate ? certificateProblem(request.raw.socket, now()) : undefined) ??
      (tokens === undefined ? undefined : tokenProblem(request.headers.authorization, tokens()))
    if (problem === undefined) return
    reply.summary = { result: 'unauthenticated', reason: problem.reason, from: request.ip }
    if (tokens !== undefined) reply.header('www-authenticate', 'Bearer realm="k8s-mtp"')
    return await reply.code(401).send({ statusCode: 401, error: 'UNAUTHENTICATED', message: problem.message })
  })
}

/** TLS has judged it with the connection: chain, validity and extended key usage, which names clientAuth or is not there. */
function certificateProblem (socket: Socket, now: Date): Problem | undefined {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
  if (certificate === undefined || !(socket instanceof TLSSocket)) {
    return { reason: 'NoCertificate', message: 'the hook asks for a client certificate and there was none: set clientTLS in the webhooks of the CompositeController' }
  }
  // A connection may outlive the certificate that it began with.
  const error = new Date(certificate.validTo) < now ? 'CERT_HAS_EXPIRED' : socket.authorized ? undefined : String(socket.authorizationError)
  if (error === undefined) return undefined
  return { reason: error, message: `the client certificate does not do (${error}): it has to be signed by an authority in K8S_MTP_CLIENT_CA_FILE of the hook, valid now, and for clientAuth` }
}

function tokenProblem (authorization: string | undefined, tokens: Tokens): Problem | undefined {
  if (authorization === undefined) return { reason: 'NoToken', message: 'the hook asks for a bearer token and there was none: set authorization in the webhooks of the CompositeController' }
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
  if (token === undefined) return { reason: 'NoToken', message: 'the hook asks for a bearer token, and the header Authorization holds something else' }
  if (tokens.include(token)) return undefined
  return { reason: 'WrongToken', message: 'the bearer token is none of those in K8S_MTP_TOKEN_FILE of the hook; Metacontroller reads its own when it starts and when the spec of the CompositeController changes' }
}
