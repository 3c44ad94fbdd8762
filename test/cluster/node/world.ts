import type { KubeClient } from '../client.ts'
import type { Guard } from '../guard.ts'
import type { Connection } from '../transport.ts'

/** What pods are run with. */
export interface World {
  /** As cluster admin. */
  client: KubeClient
  /** The API server that pods with a token speak to. */
  connection: Pick<Connection, 'server' | 'ca'>
  guard: Guard
  /** The images of k8s-mtp that can be pulled: tag to a folder with what the image has in /app. */
  images: Record<string, string>
  /** Where Services are: `name.namespace.svc:port` to a port on 127.0.0.1. */
  services: Record<string, number>
}

/** The environment in which a Node process finds Services by their names. */
export function withServiceNames (services: World['services']): NodeJS.ProcessEnv {
  const preload = new URL('service-names.mjs', import.meta.url)
  return { NODE_OPTIONS: `--import=${preload.href}`, K8S_MTP_TEST_SERVICES: JSON.stringify(services) }
}

/** What this node cannot do, or not yet: the pod waits, with the message in its status. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError'
  /** As in the state of a waiting container. */
  readonly reason: string

  constructor (reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}
