import { Agent, request } from 'undici'
import type { Hook, Webhook } from './controller-spec.ts'
import { count } from './counters.ts'
import { parseDuration } from '../../src/cli/input/duration.ts'
import type { Endpoint } from './endpoint.ts'

/** Any answer but 200 changes nothing in the cluster. The answer itself goes into the event, and never into the log. */
export class HookRefusal extends Error {
  override readonly name = 'HookRefusal'
  readonly body: string

  constructor (code: number, body: string) {
    super(`the hook answered with ${code}`)
    this.body = body
  }
}

/** The hook wants to be asked later: no failure. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests'
  readonly afterSeconds: number

  constructor (afterSeconds: number) {
    super(`the hook wants to be asked again after ${afterSeconds} s`)
    this.afterSeconds = afterSeconds
  }
}

/** Resolves with the text of the answer. */
export type HookCall = (body: unknown) => Promise<string>

/** Throws for a webhook without an address. */
export function hookCall (webhook: Webhook, { ca, client, authorization }: Endpoint = {}): HookCall {
  const url = addressOf(webhook)
  const timeout = timeoutOf(webhook)
  const dispatcher = new Agent({ connect: { ...(ca !== undefined && { ca }), ...client } })
  return async body => {
    count('hook_calls')
    const answer = await request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeout)
    })
    const text = await answer.body.text()
    if (answer.statusCode === 429) throw new TooManyRequests(secondsUntil(String(answer.headers['retry-after'] ?? '')))
    if (answer.statusCode !== 200) throw new HookRefusal(answer.statusCode, text)
    return text
  }
}

/** Version 2 is decoded strictly, version 1 is not, unless the webhook says otherwise. */
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

/** Of a Retry-After header, which is a date or a number of seconds; anything else means at once. */
function secondsUntil (retryAfter: string): number {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter)
  const date = Date.parse(retryAfter)
  return Number.isNaN(date) ? 0 : Math.max(0, Math.ceil((date - Date.now()) / 1000))
}
