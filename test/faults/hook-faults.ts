import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault-proxy.ts'

/** How long the engine waits for an answer in these tests, in milliseconds: a tenth of what the kustomize base says. */
export const webhookTimeout = 1_000

const answering = (code: number, body: string, headers: Record<string, string> = {}): Fault =>
  response => response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body)

/** Something made of the hook's own answer. */
const garbling = (change: (answer: string) => string): Fault =>
  async (response, ask) => answering(200, change(await ask()))(response, ask)

const half = (answer: string): string => answer.slice(0, answer.length / 2)

const html = '<html><body><h1>Sign in</h1></body></html>'

/** What an engine may get in place of an answer. None of it may change anything in the cluster. */
export const hookFaults: [string, Fault][] = [
  ['answers with 500', answering(500, '{"error":"InternalServerError"}')],
  ['answers with 503 and a page, as a load balancer does', answering(503, html, { 'content-type': 'text/html' })],
  ['answers with 400', answering(400, '{"error":"BadRequest"}')],
  ['answers with 404', answering(404, '')],
  ['answers with 204', answering(204, '')],
  ['answers with 500 and a body that would delete everything', answering(500, '{"status":{},"children":[]}')],
  ['wants to be asked later', answering(429, '', { 'retry-after': '1' })],
  ['answers with nothing', answering(200, '')],
  ['answers with text', answering(200, 'ok')],
  ['answers with a page', answering(200, html, { 'content-type': 'text/html' })],
  ['answers with a list', answering(200, '[]')],
  ['answers with JSON of another shape', answering(200, '{"status":{},"children":{"Namespace.v1":{}},"relatedResources":{}}')],
  ['answers with a field that nobody knows', garbling(answer => answer.replace('{', '{"attachments":[],'))],
  ['answers with half of its JSON', garbling(half)],
  ['answers with its JSON twice', garbling(answer => answer + answer)],
  ['breaks off in the middle of an answer', async (response, ask) => {
    const answer = await ask()
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) })
    response.write(half(answer), () => response.destroy())
  }],
  ['stalls in the middle of an answer', async (response, ask) => { response.writeHead(200).write(half(await ask())) }],
  ['closes the connection', response => response.destroy()],
  ['never answers', () => {}],
  ['answers too late', async (response, ask) => {
    const answer = await ask()
    await sleep(webhookTimeout * 1.3)
    response.end(answer)
  }]
]

/** Slow, and still in time. */
export const slow: Fault = async (response, ask) => {
  const answer = await ask()
  await sleep(webhookTimeout * 0.5)
  response.end(answer)
}
