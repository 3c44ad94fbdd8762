import swagger from '@fastify/swagger'
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Credentials } from './credentials/credentials.ts'
import { authenticateCallers } from './plugins/authentication.ts'
import { handleErrors } from './plugins/errors.ts'
import { hookRoutes } from './routes/hook-routes.ts'
import type { Metrics } from './metrics.ts'
import { operationsRoutes } from './routes/operations-routes.ts'
import { summariseRequests } from './plugins/request-summary.ts'
import { createServer } from './listen.ts'

/** What the application is made with. */
export interface AppOptions {
  version: string
  metrics: Metrics
  logger: FastifyBaseLogger
  /** In bytes. */
  bodyLimit: number
  now: () => Date
  /** By default there are none: plain HTTP, and anybody may ask. */
  credentials?: Pick<Credentials, 'tls' | 'tokens'>
}

/** The whole HTTP application, not listening yet. */
export async function createApp ({ version, metrics, logger, bodyLimit, now, credentials: { tls, tokens } = { tls: undefined, tokens: undefined } }: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    serverFactory: handler => createServer(handler, tls),
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    // A map in some class may hold the key __proto__. Refusing it would stop all Tenants, since all classes come with each request;
    // taking it out could widen what the class says. It is an ordinary key here, and no resource, label or object can be called so.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore'
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    // Fastify's own compiler would turn "3" into 3 and drop what the schema does not list.
    .setValidatorCompiler(TypeBoxValidatorCompiler)
    // A serializer made from a schema would drop what the schema does not list: children hold any field.
    .setSerializerCompiler(() => data => JSON.stringify(data))

  handleErrors(app)
  summariseRequests(app, metrics)
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'k8s-mtp hook', version, description: 'The hooks of the k8s-mtp CompositeController, hook version v2.' } }
  })
  await app.register(async hooks => {
    authenticateCallers(hooks, { tokens, clientCertificate: tls?.clientAuthorities() !== undefined }, now)
    await hooks.register(hookRoutes, { version, metrics, now })
  })
  await app.register(operationsRoutes, { metrics })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  return app
}
