import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request, type Dispatcher } from 'undici'
import type { KeyAndCertificate } from '../support/certificates.ts'
import { apiErrorOf, isRecord } from './api-error.ts'

/** The address of an API server, and the credentials for it. */
export interface Connection {
  /** `https://127.0.0.1:6443` */
  server: string
  /** The certificate authority of the server, PEM. */
  ca: string
  authentication: Authentication
  impersonate?: Identity
}

/** A bearer token, a file with one that is read for each request, or a client certificate with its key. */
export type Authentication = { token: string } | { tokenFile: string } | KeyAndCertificate

export interface Identity {
  user: string
  groups: string[]
  /** Further attributes, as the API server sets them for some credentials. */
  extra: Record<string, string>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Headers = Record<string, string | string[]>

export interface Transport {
  /** Sends a request and resolves with the parsed response; rejects with an ApiError for all but 2xx. */
  send (method: Method, path: string, body?: unknown, headers?: Headers): Promise<unknown>
  /** Opens a GET with a streamed response, such as a watch or a log. */
  open (path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>
  as (identity: Identity | undefined): Transport
  /** Returns a transport that reports the warnings of responses, as kubectl prints them. */
  listening (onWarning: (text: string) => void): Transport
  close (): Promise<void>
}

/** The number of retries, as in client-go for 429 with Retry-After. */
const MAX_RETRIES = 10

export function createTransport (connection: Connection): Transport {
  const { ca, authentication } = connection
  const dispatcher = new Agent({ connect: { ca, ...('cert' in authentication && authentication) }, pipelining: 1 })
  return transportOver(dispatcher, connection)
}

function transportOver (dispatcher: Dispatcher, connection: Connection, onWarning: (text: string) => void = () => {}): Transport {
  const fixed: Headers = { accept: 'application/json', ...impersonationHeaders(connection.impersonate) }
  const common = (): Headers => {
    const token = tokenOf(connection.authentication)
    return { ...fixed, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  }

  async function send (method: Method, path: string, body?: unknown, headers: Headers = {}): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      const answer = await request(connection.server + path, {
        dispatcher,
        method,
        headers: { ...common(), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
      })
      const content = parse(await answer.body.text())
      warningsOf(answer).forEach(onWarning)
      if (answer.statusCode < 300) return content
      const seconds = secondsUntilRetry(method, answer, content)
      if (seconds === undefined || attempt >= MAX_RETRIES) throw apiErrorOf(answer.statusCode, content, `${method} ${path}`)
      await sleep(seconds * 1000)
    }
  }

  async function open (path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const answer = await request(connection.server + path, {
      dispatcher, headers: common(), bodyTimeout: 0, ...(signal !== undefined && { signal })
    })
    if (answer.statusCode < 300) return answer.body
    throw apiErrorOf(answer.statusCode, parse(await answer.body.text()), `GET ${path}`)
  }

  return {
    send,
    open,
    as: identity => {
      const { impersonate: _, ...rest } = connection
      return transportOver(dispatcher, { ...rest, ...(identity !== undefined && { impersonate: identity }) }, onWarning)
    },
    listening: listener => transportOver(dispatcher, connection, listener),
    close: () => dispatcher.destroy()
  }
}

/**
 * Returns the delay of a retry: a busy server requests one, and a concurrent create may conflict with the count of a
 * quota. Undefined where the response is final.
 */
function secondsUntilRetry (method: Method, { statusCode, headers }: Dispatcher.ResponseData, content: unknown): number | undefined {
  const lostQuotaRace = statusCode === 409 && method === 'POST' && isRecord(content) && String(content.message)
    .includes('cannot be fulfilled on resourcequotas')
  if (lostQuotaRace) return 0.05
  const retryAfter = Number(headers['retry-after'])
  return statusCode === 429 && retryAfter >= 0 ? retryAfter : undefined
}

/** Reads `299 - "text"`. */
function warningsOf ({ headers: { warning = [] } }: Dispatcher.ResponseData): string[] {
  return [warning].flat().map(each => each.replace(/^\d+ \S+ "(.*)"$/s, '$1').replaceAll(/\\(.)/gs, '$1'))
}

/** Groups are repeated headers, so they must stay an array: joined by commas they would be one group. */
function impersonationHeaders (identity: Identity | undefined): Headers {
  if (identity === undefined) return {}
  return {
    'impersonate-user': identity.user,
    ...(identity.groups.length > 0 && { 'impersonate-group': identity.groups }),
    ...Object.fromEntries(Object.entries(identity.extra)
      .map(([key, value]) => [`impersonate-extra-${encodeURIComponent(key)}`, value]))
  }
}

/** Kubelets replace the token of a pod in its file. */
function tokenOf (authentication: Authentication): string | undefined {
  if ('tokenFile' in authentication) return readFileSync(authentication.tokenFile, 'utf8').trim()
  return 'token' in authentication ? authentication.token : undefined
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
