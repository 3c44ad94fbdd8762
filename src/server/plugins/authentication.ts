import type { FastifyInstance } from 'fastify'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Credentials } from '../credentials/credentials.ts'
import type { Tokens } from '../credentials/tokens.ts'
import { sendError } from './errors.ts'

interface Problem {
  /** For the log. */
  reason: string
  /** For the caller: Metacontroller reports it as an event of the Tenant. */
  message: string
}

/**
 * Responds with 401, before the body is read, to callers without all of the required credentials. Metacontroller then
 * changes nothing.
 */
export function authenticateCallers (app: FastifyInstance, { tls, tokens }: Pick<Credentials, 'tls' | 'tokens'>, now: () => Date): void {
  const clientCertificate = tls?.clientAuthorities() !== undefined
  app.addHook('onRequest', async (request, reply) => {
    const problem = (clientCertificate ? certificateProblem(request.raw.socket, now()) : undefined) ??
      (tokens === undefined ? undefined : tokenProblem(request.headers.authorization, tokens()))
    if (problem === undefined) return
    reply.summary = { result: 'unauthenticated', reason: problem.reason, from: request.ip }
    if (tokens !== undefined) reply.header('www-authenticate', 'Bearer realm="k8s-mtp"')
    return await sendError(reply, 401, 'UNAUTHENTICATED', problem.message)
  })
}

/** The TLS handshake has verified chain, validity and extended key usage (clientAuth, or absent). */
function certificateProblem (socket: Socket, now: Date): Problem | undefined {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
  if (certificate === undefined || !(socket instanceof TLSSocket)) {
    return {
      reason: 'NoCertificate',
      message: 'a client certificate is required: set clientTLS in the webhooks of the CompositeController'
    }
  }
  // A connection may outlive its certificate.
  const hasExpired = new Date(certificate.validTo) < now
  if (socket.authorized && !hasExpired) return undefined
  const error = hasExpired ? 'CERT_HAS_EXPIRED' : String(socket.authorizationError)
  return {
    reason: error,
    message: `the client certificate is not accepted (${error}): it must be valid now, allow clientAuth, ` +
      'and be signed by a CA in K8S_MTP_CLIENT_CA_FILE of the hook'
  }
}

function tokenProblem (authorization: string | undefined, tokens: Tokens): Problem | undefined {
  if (authorization === undefined) {
    return { reason: 'NoToken', message: 'a bearer token is required: set authorization in the webhooks of the CompositeController' }
  }
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
  if (token === undefined) return { reason: 'NoToken', message: 'a bearer token is required, and the Authorization header has none' }
  if (tokens.include(token)) return undefined
  return {
    reason: 'WrongToken',
    message: 'the bearer token is not in K8S_MTP_TOKEN_FILE of the hook. Metacontroller reads its token only when it ' +
      'starts and when the spec of the CompositeController changes: restart it after a change'
  }
}
