import { readFileSync } from 'node:fs'
import { fastify, LogController } from 'fastify'
import { pino } from 'pino'
import type { Exchange } from './requests.ts'

/*
 * The least that a hook can do in Fastify: parse the body, find the response by the name of the parent, log a line. It validates nothing.
 * Its arguments are a file of exchanges and a port.
 */
const [file = '', port] = process.argv.slice(2)

interface Body { parent: { kind: string, metadata: { name: string } } }

const keyOf = ({ parent: { kind, metadata } }: Body): string => `${kind}/${metadata.name}`
const exchanges = JSON.parse(readFileSync(file, 'utf8')) as Exchange[]
const responses = new Map(exchanges.map(({ body, response }) => [keyOf(JSON.parse(body) as Body), response]))

const app = fastify({
  loggerInstance: pino({ level: 'info' }),
  logController: new LogController({ disableRequestLogging: true }),
  bodyLimit: 4 * 1024 * 1024
})
app.post<{ Body: Body }>('/sync', async request => {
  const key = keyOf(request.body)
  request.log.info({ parent: key }, 'sync')
  return responses.get(key)
})
app.get('/readyz', async () => 'ok\n')
await app.listen({ host: '127.0.0.1', port: Number(port) })
