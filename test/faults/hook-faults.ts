import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault-proxy.ts'

/** The webhook timeout of these tests, in milliseconds: a tenth of that of the kustomize base. */
export const webhookTimeout = 1_000

const responding = (code: number, body: string, headers: Record<string, string> = {}): Fault =>
  response => response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body)

/** Responds with a changed response of the hook. */
const changing = (change: (body: string) => string): Fault =>
  async (response, callHook) => responding(200, change(await callHook()))(response, callHook)

const half = (body: string): string => body.slice(0, body.length / 2)

const html = '<html><body><h1>Sign in</h1></body></html>'

/** Invalid responses, none of which may change anything in the cluster. */
export const hookFaults: [string, Fault][] = [
  ['responds with 500', responding(500, '{"error":"InternalServerError"}')],
  ['responds with 503 and a page, as a load balancer does', responding(503, html, { 'content-type': 'text/html' })],
  ['responds with 400', responding(400, '{"error":"BadRequest"}')],
  ['responds with 404', responding(404, '')],
  ['responds with 204', responding(204, '')],
  ['responds with 500 and a body that would delete everything', responding(500, '{"status":{},"children":[]}')],
  ['requests a later call', responding(429, '', { 'retry-after': '1' })],
  ['responds without a body', responding(200, '')],
  ['responds with text', responding(200, 'ok')],
  ['responds with a page', responding(200, html, { 'content-type': 'text/html' })],
  ['responds with a list', responding(200, '[]')],
  [
    'responds with JSON of another shape',
    responding(200, '{"status":{},"children":{"Namespace.v1":{}},"relatedResources":{}}')
  ],
  ['responds with an unknown field', changing(body => body.replace('{', '{"attachments":[],'))],
  ['responds with half of its JSON', changing(half)],
  ['responds with its JSON twice', changing(body => body + body)],
  ['closes the connection within a response', async (response, callHook) => {
    const body = await callHook()
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.write(half(body), () => response.destroy())
  }],
  ['stalls within a response', async (response, callHook) => { response.writeHead(200).write(half(await callHook())) }],
  ['closes the connection', response => response.destroy()],
  ['never responds', () => {}],
  ['responds too late', async (response, callHook) => {
    const body = await callHook()
    await sleep(webhookTimeout * 1.3)
    response.end(body)
  }]
]

/** Responds slowly, within the timeout. */
export const slow: Fault = async (response, callHook) => {
  const body = await callHook()
  await sleep(webhookTimeout * 0.5)
  response.end(body)
}
