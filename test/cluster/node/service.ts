import { once } from 'node:events'
import { createServer, connect, type Socket } from 'node:net'
import type { Service } from 'kubernetes-types/core/v1.js'
import type { KubeClient } from '../client.ts'
import { freePorts } from '../ports.ts'
import type { Address } from './launch.ts'
import type { TestNode } from './node.ts'

export interface ServicePort { namespace: string, name: string, port: number }

export interface ServiceAddress {
  of: ServicePort
  /** `name.namespace.svc:port` */
  name: string
  /** On 127.0.0.1. */
  port: number
}

export interface Forwarder {
  stop (): Promise<void>
}

/** Addresses before anything listens, so that processes can be told of them. */
export async function serviceAddress (of: ServicePort): Promise<ServiceAddress> {
  const [port = 0] = await freePorts(1)
  return { of, name: `${of.name}.${of.namespace}.svc:${of.port}`, port }
}

/**
 * Takes connections for a Service of type ClusterIP and passes each to one of its ready pods, one after the other, as kube-proxy would. Without the Service, the
 * port in it, or a ready pod the connection is reset.
 */
export async function startForwarder ({ of: { namespace, name, port: servicePort }, port }: ServiceAddress, { client, node }: { client: KubeClient, node: TestNode }): Promise<Forwarder> {
  const open = new Set<Socket>()
  let turn = 0

  async function target (): Promise<Address | undefined> {
    const service = await client.find({ apiVersion: 'v1', kind: 'Service', namespace, name }) as Service | undefined
    const found = service?.spec?.ports?.find(candidate => candidate.port === servicePort)
    const endpoints = found === undefined ? [] : node.endpoints(namespace, service?.spec?.selector ?? {}, found.targetPort ?? servicePort)
    return endpoints[turn++ % endpoints.length]
  }

  async function forward (incoming: Socket): Promise<void> {
    const pod = await target().catch(() => undefined)
    if (pod === undefined) {
      incoming.resetAndDestroy()
      return
    }
    const outgoing = connect(pod)
    keep(outgoing)
    outgoing.on('error', () => incoming.resetAndDestroy())
    outgoing.on('close', () => incoming.destroy())
    incoming.on('close', () => outgoing.destroy())
    incoming.pipe(outgoing).pipe(incoming)
  }

  function keep (socket: Socket): void {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
  }

  const server = createServer(socket => {
    keep(socket)
    forward(socket).catch(() => socket.destroy())
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    async stop () {
      server.close()
      for (const socket of open) socket.destroy()
      await once(server, 'close')
    }
  }
}
