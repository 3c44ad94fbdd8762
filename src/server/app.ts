import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Credentials } from './credentials/credentials.ts'
import { createServer } from './http-server.ts'
import type { Metrics } from './metrics.ts'
import { authenticateCallers } from './plugins/authentication.ts'
import { parseJson } from './plugins/body.ts'
import { handleErrors } from './plugins/errors.ts'
import { summarizeRequests } from './plugins/request-summary.ts'
import { operationsRoutes } from './routes/operations-routes.ts'
import { serveTenantHooks } from './routes/tenant-hooks.ts'
import { compileValidator } from './validate.ts'

/** Dependencies and settings of the application. */
export interface AppOptions {
  /** Version of k8s-mtp. */
  version: string
  metrics: Metrics
  logger: FastifyBaseLogger
  /** In bytes. */
  bodyLimit: number
  now: () => Date
  /** Default: plain HTTP without authentication. */
  credentials?: Pick<Credentials, 'tls' | 'tokens'>
}

/** Creates the HTTP application. It does not listen yet. */
export async function createApp (options: AppOptions): Promise<FastifyInstance> {
  const { version, metrics, logger, bodyLimit, now, credentials = { tls: undefined, tokens: undefined } } = options
  const app = fastify({
    serverFactory: handler => createServer(handler, credentials.tls),
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(compileValidator)
    // A serializer compiled from a schema removes fields that it does not list; children may have any field.
    .setSerializerCompiler(() => data => JSON.stringify(data))

  handleErrors(app)
  parseJson(app)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'k8s-mtp hook', version, description: 'Hooks of the k8s-mtp CompositeController, hook version v2.' }
    }
  })
  await app.register(async hooks => {
    authenticateCallers(hooks, credentials, now)
    summarizeRequests(hooks, metrics)
    serveTenantHooks(hooks, { version, metrics, now })
  })
  await app.register(operationsRoutes, { metrics })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  return app
}
