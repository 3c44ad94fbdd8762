import { fastify } from 'fastify'
import { expect, it } from 'vitest'
import { parseJson } from '../../../src/server/plugins/body.ts'

async function post (payload: string): Promise<{ statusCode: number, body: unknown }> {
  const app = fastify()
  parseJson(app)
  app.post('/', async request => JSON.stringify(request.body).length)
  const response = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload })
  return { statusCode: response.statusCode, body: response.json() }
}

const nested = (depth: number, [open, close] = ['[', ']']) => open.repeat(depth) + (close === '}' ? '0' : '') + close.repeat(depth)
const padding = ' '.repeat(300_000)

it.each([
  ['lists', nested(10_001)],
  ['objects', nested(10_001, ['{"a":', '}'])],
  ['lists after a string with a bracket and a quote', `["]\\\\\\"]",${nested(10_000)}]`]
])('refuses a large body of more than 10,000 nested %s', async (_, json) => {
  expect(await post(json + padding)).toMatchObject({ statusCode: 400, body: { code: 'TOO_DEEP', message: expect.stringContaining('nested too deeply') as string } })
})

it.each([
  ['many lists beside each other', `[${'[],'.repeat(100_000)}0]`],
  ['brackets in strings', JSON.stringify([`${'['.repeat(150_000)}"\\${'{'.repeat(150_000)}`, '\\'])]
])('accepts a large body of %s', async (_, json) => {
  expect(await post(json)).toEqual({ statusCode: 200, body: json.length })
})

it('refuses large invalid JSON as such', async () => {
  expect(await post(`"${padding}`)).toMatchObject({ statusCode: 400, body: { code: 'FST_ERR_CTP_INVALID_JSON_BODY' } })
})
