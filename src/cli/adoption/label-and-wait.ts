import { setTimeout as sleep } from 'node:timers/promises'
import { claimedMetadata, planAdoption, type Adoption } from '../../adoption/plan-adoption.ts'
import { isOwnedBy } from '../../adoption/owners.ts'
import type { Situation } from '../../adoption/situation.ts'
import { isNamespace } from '../../kubernetes/object.ts'
import { readPreviousStatus, readyCondition } from '../../tenancy/observed/previous-status.ts'
import { ClusterError } from '../cluster/cluster-error.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { NegativeResult } from '../output/negative-result.ts'
import { pollUntil } from '../poll-until.ts'
import { onOneLine } from '../output/print.ts'
import { readSituation, resourceOf } from './read.ts'

/** Kubernetes writes the status of quotas at any time, and each attempt labels all objects that did not change meanwhile. */
const maxAttempts = 10
const pauseMilliseconds = 200

export interface Labelling {
  /**
   * Last in an adoption: until then the Tenant is on hold, and labelled objects stay unchanged. First in a move: then the Tenant that
   * had it is on hold, and does not create its objects again.
   */
  namespace: 'first' | 'last'
  planAgain: (situation: Situation) => Adoption
}

const adopting: Labelling = { namespace: 'last', planAgain: planAdoption }

/**
 * Sets the labels of a plan. Plans again if an object has changed or was deleted since it was read.
 * @throws NegativeResult if an obstacle has appeared; ClusterError if the API server refuses
 */
export async function label (cluster: Cluster, plan: Adoption, how: Labelling = adopting): Promise<void> {
  let current = plan
  for (let attempt = 1; ; attempt++) {
    if (current.obstacles.length > 0) throw new NegativeResult(current.obstacles.map(onOneLine).join('\n'))
    try {
      return await labelAll(cluster, current, how)
    } catch (error) {
      const isOutdated = error instanceof ClusterError && [404, 409].includes(error.code)
      if (!isOutdated || attempt === maxAttempts) throw error
    }
    await sleep(attempt * pauseMilliseconds)
    current = how.planAgain(await readSituation(cluster, plan.tenant, plan.namespace))
  }
}

async function labelAll (cluster: Cluster, { claims, ...adoption }: Adoption, how: Labelling): Promise<void> {
  const labelOne = async (claim: Adoption['claims'][number]) =>
    await cluster.patchMetadata(resourceOf(claim.object), claim.object, claimedMetadata(claim, adoption))
  const [namespace, contents] = [true, false].map(isFirst => claims.filter(({ object }) => isNamespace(object) === isFirst))
  const steps = how.namespace === 'first' ? [namespace, contents] : [contents, namespace]
  for (const step of steps) {
    const failed = (await Promise.allSettled((step ?? []).map(labelOne))).find(result => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
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

/** @param command which waits again */
export function notReady (
  { tenant, namespace }: Adoption, { reason, message }: Outcome, timeout: number, command = `k8s-mtp adopt ${tenant} ${namespace} --yes`
): string {
  return `all labels are set, but Tenant ${tenant} is not Ready after ${timeout / 1000} s (${reason}: ${message}). ` +
    'Check that Metacontroller and the hook run (kubectl events --all-namespaces --types=Warning), ' +
    `then run: ${command}`
}
