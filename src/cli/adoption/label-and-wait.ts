import { setTimeout as sleep } from 'node:timers/promises'
import { claimPatch, isNamespaceClaim, planAdoption, type Adoption } from '../../adoption/plan-adoption.ts'
import { isOwnedBy } from '../../adoption/owners.ts'
import type { Situation } from '../../adoption/situation.ts'
import { fieldsAt, isFields } from '../../kubernetes/json.ts'
import type { ObservedTenant } from '../../tenancy/observed/loose-tenant.ts'
import { ClusterError } from '../cluster/cluster-error.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { InputError } from '../input/input-error.ts'
import { readSituation, resourceOf } from './read.ts'

/** Milliseconds between two looks. */
const interval = 300
const tries = 5

/**
 * Labels what the plan names. Where something has changed since it was read, all is read and planned again, a few times.
 * @throws InputError where an obstacle has appeared meanwhile, or the API server refuses
 */
export async function label (cluster: Cluster, plan: Adoption): Promise<void> {
  let current = plan
  for (let attempt = 1; ; attempt++) {
    if (current.obstacles.length > 0) throw new InputError(current.obstacles.join('\n'))
    try {
      const contents = current.claims.filter(claim => !isNamespaceClaim(claim))
      await Promise.all(contents.map(async claim => await claimOne(cluster, claim, current.uid)))
      for (const claim of current.claims.filter(isNamespaceClaim)) await claimOne(cluster, claim, current.uid)
      return
    } catch (error) {
      if (!(error instanceof ClusterError && [404, 409].includes(error.code)) || attempt === tries) throw error
    }
    current = planAdoption(await readSituation(cluster, plan.tenant, plan.namespace))
  }
}

async function claimOne (cluster: Cluster, claim: Adoption['claims'][number], uid: string): Promise<void> {
  await cluster.patchMetadata(resourceOf(claim.object), claim.object, claimPatch(claim, uid).metadata)
}

export interface Outcome { ready: boolean, reason: string, message: string }

/** Waits until the Tenant owns the namespace and is Ready; in any case says what it says of itself. */
export async function waitUntilReady (cluster: Cluster, { tenant, namespace, uid }: Adoption, timeout: number): Promise<Outcome> {
  const deadline = Date.now() + timeout
  for (;;) {
    const situation = await readSituation(cluster, tenant, namespace)
    const outcome = outcomeOf(situation, uid)
    if (outcome.ready || Date.now() > deadline) return outcome
    await sleep(interval)
  }
}

function outcomeOf ({ tenant, namespace }: Situation, uid: string): Outcome {
  const { status, reason = 'Unseen', message = 'Metacontroller has not looked at the Tenant yet' } = readyOf(tenant)
  const isOurs = namespace !== undefined && isOwnedBy(namespace, uid)
  return { ready: isOurs && status === 'True', reason, message }
}

/** The condition Ready, if it is about the Tenant as it is now. */
function readyOf ({ metadata, status }: ObservedTenant): { status?: string, reason?: string, message?: string } {
  const { observedGeneration, conditions } = isFields(status) ? status : fieldsAt({}, '')
  if (observedGeneration !== metadata.generation || !Array.isArray(conditions)) return {}
  return (conditions as Array<{ type: string, status: string, reason: string, message: string }>).find(({ type }) => type === 'Ready') ?? {}
}

export function notReady ({ tenant, namespace }: Adoption, { reason, message }: Outcome, timeout: number): string {
  return `All labels are set, but Tenant ${tenant} is not Ready after ${timeout / 1000} s (${reason}: ${message}). ` +
    `Nothing is lost. See that Metacontroller and the hook run (kubectl events --all-namespaces --types=Warning), then run it again: k8s-mtp adopt ${tenant} ${namespace} --yes`
}
