import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Metrics } from '../metrics.ts'

interface Options { metrics: Metrics }

const Text = Type.String()

/** Probes for the kubelet, metrics for Prometheus. */
export const operationsRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { metrics }) => {
  let closing = false
  app.addHook('preClose', async () => { closing = true })

  app.get('/healthz', { schema: { summary: 'Liveness', response: { 200: Text } } }, async (_, reply) =>
    await reply.type('text/plain').send('ok\n'))

  app.get('/readyz', { schema: { summary: 'Readiness', response: { 200: Text, 503: Text } } }, async (_, reply) =>
    await reply.type('text/plain').code(closing ? 503 : 200).send(closing ? 'closing\n' : 'ok\n'))

  app.get('/metrics', { schema: { summary: 'Metrics for Prometheus', response: { 200: Text } } }, async (_, reply) =>
    await reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()))
}
