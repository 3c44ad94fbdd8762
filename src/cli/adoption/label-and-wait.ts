import { claimedMetadata, planAdoption, type Adoption } from '../../adoption/plan-adoption.ts'
import { isOwnedBy } from '../../adoption/owners.ts'
import type { Situation } from '../../adoption/situation.ts'
import { isNamespace } from '../../kubernetes/object.ts'
import { readPreviousStatus, readyCondition } from '../../tenancy/observed/previous-status.ts'
import { ClusterError } from '../cluster/cluster-error.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { InputError } from '../input/input-error.ts'
import { pollUntil } from '../poll-until.ts'
import { onOneLine } from '../output/print.ts'
import { readSituation, resourceOf } from './read.ts'

const maxAttempts = 5

/**
 * Sets the labels of a plan, the namespace last. Plans again if an object has changed or was deleted since it was read.
 * @throws InputError if an obstacle has appeared, or the API server refuses
 */
export async function label (cluster: Cluster, plan: Adoption): Promise<void> {
  let current = plan
  for (let attempt = 1; ; attempt++) {
    if (current.obstacles.length > 0) throw new InputError(current.obstacles.map(onOneLine).join('\n'))
    try {
      return await labelAll(cluster, current)
    } catch (error) {
      const isOutdated = error instanceof ClusterError && [404, 409].includes(error.code)
      if (!isOutdated || attempt === maxAttempts) throw error
    }
    current = planAdoption(await readSituation(cluster, plan.tenant, plan.namespace))
  }
}

async function labelAll (cluster: Cluster, { claims, ...adoption }: Adoption): Promise<void> {
  const labelOne = async (claim: Adoption['claims'][number]) =>
    await cluster.patchMetadata(resourceOf(claim.object), claim.object, claimedMetadata(claim, adoption))
  await Promise.all(claims.filter(({ object }) => !isNamespace(object)).map(labelOne))
  await Promise.all(claims.filter(({ object }) => isNamespace(object)).map(labelOne))
}

export interface Outcome { ready: boolean, reason: string, message: string }

/** Waits until the Tenant owns the namespace and is Ready; returns its last status even if it is not. */
export async function waitUntilReady (cluster: Cluster, { tenant, namespace, uid }: Adoption, timeout: number): Promise<Outcome> {
  const read = async (): Promise<Outcome> => outcomeOf(await readSituation(cluster, tenant, namespace), uid)
  return await pollUntil(Date.now() + timeout, read, ({ ready }) => ready)
}

function outcomeOf ({ tenant, namespace }: Situation, uid: string): Outcome {
  const { generation, conditions } = readPreviousStatus(tenant)
  const current = generation === tenant.metadata.generation ? readyCondition({ conditions }) : undefined
  const { status, reason = 'Unknown', message = 'Metacontroller has not reconciled the Tenant yet' } = current ?? {}
  const isOwned = namespace !== undefined && isOwnedBy(namespace, uid)
  return { ready: isOwned && status === 'True', reason: onOneLine(reason), message: onOneLine(message) }
}

export function notReady ({ tenant, namespace }: Adoption, { reason, message }: Outcome, timeout: number): string {
  return `all labels are set, but Tenant ${tenant} is not Ready after ${timeout / 1000} s (${reason}: ${message}). ` +
    'Check that Metacontroller and the hook run (kubectl events --all-namespaces --types=Warning), ' +
    `then run the command again: k8s-mtp adopt ${tenant} ${namespace} --yes`
}
