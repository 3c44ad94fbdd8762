import { ApiError, isNotFound, isRecord } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

export interface LeaseLockOptions {
  client: KubeClient
  /** Of the Lease. */
  name: string
  namespace: string
  /** Of this process, unlike that of any other. */
  identity: string
  /** Seconds without renewal after which others take over. */
  duration: number
  /** Milliseconds that never go back. */
  now: () => number
}

export interface LeaseLock {
  /** Acquires or renews the Lease; false while another holds it. Rejects where the API server refuses. */
  tryHold (): Promise<boolean>
}

interface Spec { holderIdentity?: string, leaseDurationSeconds?: number, acquireTime?: string, renewTime?: string, leaseTransitions?: number }

/**
 * Whether a Lease has expired is decided by how long this process has not seen it change: the clocks of others may differ.
 * Source: tryAcquireOrRenew in client-go, tools/leaderelection/leaderelection.go
 */
export function createLeaseLock ({ client, name, namespace, identity, duration, now }: LeaseLockOptions): LeaseLock {
  const kind = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }
  let observed: { lease: KubeObject, at: number } | undefined

  function observe (lease: KubeObject): KubeObject {
    if (JSON.stringify(lease.spec) !== JSON.stringify(observed?.lease.spec)) observed = { lease, at: now() }
    return lease
  }

  async function write (before: KubeObject | undefined): Promise<void> {
    const { holderIdentity, acquireTime, leaseTransitions = 0 } = specOf(before)
    const isRenewal = holderIdentity === identity
    const time = microTime(new Date())
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: duration,
      acquireTime: isRenewal ? acquireTime ?? time : time,
      renewTime: time,
      leaseTransitions: before === undefined || isRenewal ? leaseTransitions : leaseTransitions + 1
    }
    // With the resourceVersion that was read: of two that write at a time, one gets a conflict.
    const written = before === undefined
      ? await client.create({ ...kind, metadata: { name, namespace }, spec })
      : await client.update({ ...before, spec })
    observed = { lease: written, at: now() }
  }

  function isHeldByAnother (lease: KubeObject): boolean {
    const { holderIdentity = '', leaseDurationSeconds = 0 } = specOf(lease)
    return holderIdentity !== '' && holderIdentity !== identity && now() < (observed?.at ?? 0) + leaseDurationSeconds * 1000
  }

  return {
    async tryHold () {
      // Renewing needs no read: no other process has written since.
      if (observed !== undefined && specOf(observed.lease).holderIdentity === identity) {
        try {
          await write(observed.lease)
          return true
        } catch (error) {
          if (!(error instanceof ApiError)) throw error
        }
      }
      const lease = await client.get({ ...kind, name, namespace }).catch((error: unknown) => {
        if (isNotFound(error)) return undefined
        throw error
      })
      if (lease !== undefined && isHeldByAnother(observe(lease))) return false
      await write(lease)
      return true
    }
  }
}

function specOf (lease: KubeObject | undefined): Spec {
  return isRecord(lease?.spec) ? lease.spec : {}
}

/** MicroTime of Kubernetes requires six digits. */
function microTime (date: Date): string {
  return date.toISOString().replace(/Z$/, '000Z')
}
