import { Agent, request } from 'undici'
import type { Hook, Webhook } from './controller-spec.ts'
import { count } from './counters.ts'
import { parseDuration } from '../../src/cli/input/duration.ts'
import type { Endpoint } from './endpoint.ts'

/** A response other than 200 changes nothing in the cluster. Its body is in the event, and never in the log. */
export class HookError extends Error {
  override readonly name = 'HookError'
  readonly body: string

  constructor (code: number, body: string) {
    super(`the hook responded with ${code}`)
    this.body = body
  }
}

/** The hook requests a later call: no failure. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests'
  readonly afterSeconds: number

  constructor (afterSeconds: number) {
    super(`the hook requests another call after ${afterSeconds} s`)
    this.afterSeconds = afterSeconds
  }
}

/** Resolves with the text of the response. */
export type HookCall = (body: unknown) => Promise<string>

/** Throws for a webhook without an address. */
export function hookCall (webhook: Webhook, { ca, client, authorization }: Endpoint = {}): HookCall {
  const url = addressOf(webhook)
  const timeout = timeoutOf(webhook)
  const dispatcher = new Agent({ connect: { ...(ca !== undefined && { ca }), ...client } })
  return async body => {
    count('hook_calls')
    const response = await request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeout)
    })
    const text = await response.body.text()
    if (response.statusCode === 429) throw new TooManyRequests(secondsUntil(String(response.headers['retry-after'] ?? '')))
    if (response.statusCode !== 200) throw new HookError(response.statusCode, text)
    return text
  }
}

/** Version 2 is decoded strictly and version 1 loosely, unless the webhook sets another mode. */
export function isStrict ({ version, webhook }: Hook): boolean {
  return (webhook?.responseUnMarshallMode ?? (version === 'v2' ? 'strict' : 'loose')) === 'strict'
}

function addressOf ({ url, service, path }: Webhook): string {
  if (url !== undefined) return url
  if (service === undefined || path === undefined) throw new Error('a webhook needs a url, or a service and a path')
  return `${service.protocol ?? 'http'}://${service.name}.${service.namespace}:${service.port ?? 80}${path}`
}

function timeoutOf ({ timeout }: Webhook): number {
  const milliseconds = timeout === undefined ? 0 : parseDuration(timeout)
  if (milliseconds === undefined) throw new Error(`the timeout of a webhook is not a duration: ${timeout}`)
  return milliseconds > 0 ? milliseconds : 10_000
}

/** Parses a Retry-After header: a date or a number of seconds; anything else means at once. */
function secondsUntil (retryAfter: string): number {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter)
  const date = Date.parse(retryAfter)
  return Number.isNaN(date) ? 0 : Math.max(0, Math.ceil((date - Date.now()) / 1000))
}
