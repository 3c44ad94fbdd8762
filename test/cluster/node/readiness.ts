import type { Container } from 'kubernetes-types/core/v1.js'
import { Agent, request } from 'undici'
import type { Address } from './launch.ts'
import { NotReadyError } from './world.ts'

/** One probe; without a probe a container is ready as soon as it runs. */
export type Probe = () => Promise<boolean>

/** Kubelets check no certificates. */
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })

/** Of httpGet alone. Throws a NotReadyError for others. */
export function readinessProbe ({ readinessProbe: probe }: Container, { host, port }: Address): Probe {
  if (probe === undefined) return async () => true
  if (probe.httpGet === undefined) throw new NotReadyError('RunContainerError', 'the test node knows no readiness probe but httpGet')
  const { path = '/', scheme = 'HTTP' } = probe.httpGet
  const timeout = (probe.timeoutSeconds ?? 1) * 1000
  return async () => {
    const answer = await request(`${scheme.toLowerCase()}://${host}:${port}${path}`, { dispatcher, signal: AbortSignal.timeout(timeout) }).catch(() => undefined)
    await answer?.body.dump()
    return answer !== undefined && answer.statusCode >= 200 && answer.statusCode < 400
  }
}
