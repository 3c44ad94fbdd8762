import { request, type Agent } from 'node:https'
import { text } from 'node:stream/consumers'
import { TLSSocket } from 'node:tls'

export interface Answer {
  status: number | undefined
  text: string
  headers: NodeJS.Dict<string | string[]>
  /** The common name of the server certificate. */
  subject: string
}

export interface AskOptions {
  /** PEM. */
  ca: string
  cert?: string
  key?: string
  token?: string
  body?: unknown
  maxVersion?: 'TLSv1.2'
  agent?: Agent
  /** By default 127.0.0.1. */
  host?: string
  /** The name in the certificate, where it is not the host. */
  servername?: string
}

/** Sends a request over TLS: POST where there is a body. */
export async function ask (port: number, path: string, { token, body, agent, host = '127.0.0.1', ...tls }: AskOptions) {
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` })
  }
  return await new Promise<Answer>((resolve, reject) => {
    const asking = request({
      host,
      port,
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers,
      agent: agent ?? false,
      ...tls
    }, response => {
      const subject = response.socket instanceof TLSSocket ? String(response.socket.getPeerCertificate().subject?.CN) : ''
      text(response).then(text => {
        resolve({
          status: response.statusCode,
          text,
          headers: response.headers,
          subject
        })
      }, reject)
    })
    asking.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
}
