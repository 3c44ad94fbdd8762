import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Connection } from '../cluster/transport.ts'

/** A GET request that a flood repeats. */
export interface FloodRequest { path: string, headers: Record<string, string> }

export interface Flood {
  /** Ends all requests, and returns the number of responses by status. */
  stop (): Promise<Record<string, number>>
}

/** Keeps all requests in flight, each sent again after its response, until it is stopped. */
export function startFlood ({ server, ca }: Connection, requests: FloodRequest[]): Flood {
  const worker = new Worker(new URL('flood-sender.mjs', import.meta.url), { workerData: { server, ca, requests } })
  return {
    async stop () {
      const result = once(worker, 'message')
      worker.postMessage('stop')
      const [statuses] = await result
      await worker.terminate()
      return statuses
    }
  }
}
