import { claimPatch, isNamespaceClaim, planAdoption, type Adoption } from '../../adoption/plan-adoption.ts'
import { isOwnedBy } from '../../adoption/owners.ts'
import type { Situation } from '../../adoption/situation.ts'
import { isFields } from '../../kubernetes/json.ts'
import type { ObservedTenant } from '../../tenancy/observed/loose-tenant.ts'
import { ClusterError } from '../cluster/cluster-error.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { InputError } from '../input/input-error.ts'
import { pollUntil } from '../poll-until.ts'
import { readSituation, resourceOf } from './read.ts'

const maxAttempts = 5

/**
 * Sets the labels of a plan, the namespace last. Plans again if an object has changed or was deleted since it was read.
 * @throws InputError if an obstacle has appeared, or the API server refuses
 */
export async function label (cluster: Cluster, plan: Adoption): Promise<void> {
  let current = plan
  for (let attempt = 1; ; attempt++) {
    if (current.obstacles.length > 0) throw new InputError(current.obstacles.join('\n'))
    try {
      return await labelAll(cluster, current)
    } catch (error) {
      const isOutdated = error instanceof ClusterError && [404, 409].includes(error.code)
      if (!isOutdated || attempt === maxAttempts) throw error
    }
    current = planAdoption(await readSituation(cluster, plan.tenant, plan.namespace))
  }
}

async function labelAll (cluster: Cluster, { claims, uid }: Adoption): Promise<void> {
  const labelOne = async (claim: Adoption['claims'][number]) =>
    await cluster.patchMetadata(resourceOf(claim.object), claim.object, claimPatch(claim, uid).metadata)
  await Promise.all(claims.filter(claim => !isNamespaceClaim(claim)).map(labelOne))
  await Promise.all(claims.filter(isNamespaceClaim).map(labelOne))
}

export interface Outcome { ready: boolean, reason: string, message: string }

/** Waits until the Tenant owns the namespace and is Ready; returns its last status even if it is not. */
export async function waitUntilReady (cluster: Cluster, { tenant, namespace, uid }: Adoption, timeout: number): Promise<Outcome> {
  const read = async (): Promise<Outcome> => outcomeOf(await readSituation(cluster, tenant, namespace), uid)
  return await pollUntil(Date.now() + timeout, read, ({ ready }) => ready)
}

function outcomeOf ({ tenant, namespace }: Situation, uid: string): Outcome {
  const { status, reason = 'Unknown', message = 'Metacontroller has not reconciled the Tenant yet' } = readyOf(tenant)
  const isOwned = namespace !== undefined && isOwnedBy(namespace, uid)
  return { ready: isOwned && status === 'True', reason, message }
}

/** The condition Ready, if it is about the current generation. */
function readyOf ({ metadata, status }: ObservedTenant): { status?: string, reason?: string, message?: string } {
  const { observedGeneration, conditions } = isFields(status) ? status : {}
  if (observedGeneration !== metadata.generation || !Array.isArray(conditions)) return {}
  const written = conditions as Array<{ type: string, status: string, reason: string, message: string }>
  return written.find(({ type }) => type === 'Ready') ?? {}
}

export function notReady ({ tenant, namespace }: Adoption, { reason, message }: Outcome, timeout: number): string {
  return `all labels are set, but Tenant ${tenant} is not Ready after ${timeout / 1000} s (${reason}: ${message}). ` +
    'Check that Metacontroller and the hook run (kubectl events --all-namespaces --types=Warning), ' +
    `then run the command again: k8s-mtp adopt ${tenant} ${namespace} --yes`
}
