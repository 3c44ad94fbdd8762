import { readRequest } from '../../src/hook/read-request.ts'
import { readLooseTenant, type LooseTenant } from '../../src/tenancy/observed/loose-tenant.ts'
import { readPreviousStatus } from '../../src/tenancy/observed/previous-status.ts'
import type { SyncContext } from '../../src/tenancy/observed/sync-context.ts'
import { tenant } from './objects.ts'
import { now, syncRequest, uid, type World } from './requests.ts'

export interface ContextOptions {
  now?: Date
  version?: string
}

/** Builds the context that `reconcile` passes to its steps. */
export function syncContext (world: Partial<World> = {}, options: ContextOptions = {}): SyncContext {
  const request = syncRequest({ tenant: tenant(), ...world })
  const { parent } = request
  return {
    parent,
    tenant: readLooseTenant(parent),
    observed: readRequest(request),
    previous: readPreviousStatus(parent),
    now,
    version: 'unversioned',
    ...options
  }
}

/** Reads a Tenant with a spec of any shape. */
export function looseTenant (spec: unknown, name = 'acme'): LooseTenant {
  return readLooseTenant({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name, uid, generation: 1 }, spec })
}

/** A time relative to that of all tests. */
export function secondsLater (seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000)
}
