import { isOwnedBy } from '../adoption/owners.ts'
import { planAdoption, type Adoption } from '../adoption/plan-adoption.ts'
import { planMove, type Move } from '../adoption/plan-move.ts'
import type { Situation } from '../adoption/situation.ts'
import { adoptionText } from './adoption/adopt-text.ts'
import { label, notReady, waitUntilReady, type Labelling } from './adoption/label-and-wait.ts'
import { readSituation } from './adoption/read.ts'
import { openCluster, type Cluster } from './cluster/cluster.ts'
import { durationOption } from './input/duration.ts'
import type { ChangeOptions } from './input/change-options.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print } from './output/print.ts'

export interface MoveOptions extends ChangeOptions {
  /** Name of the Tenant that gets the namespace. */
  to: string
}

const moving: Labelling = { namespace: 'first', planAgain: situation => planMove(situation) ?? planAdoption(situation) }

/** What the earlier Tenant creates until the namespace is not its own any more: one round finds all of it. */
const maxRounds = 5

/**
 * Moves a namespace with everything in it from its Tenant to another, or prints what would change.
 * @throws NegativeResult if an obstacle prevents it, or the Tenant is not Ready in time
 */
export async function move (namespace: string, { to, yes = false, ...options }: MoveOptions): Promise<void> {
  const timeout = durationOption('--timeout', options.timeout)
  const cluster = await openCluster(options)
  const situation = await readSituation(cluster, to, namespace)
  const plan = planMove(situation)
  if (plan === undefined) return await completed(cluster, situation, yes ? timeout : 0)
  print(adoptionText(plan, plan.from))
  if (plan.obstacles.length > 0) throw new NegativeResult('nothing was changed. Remove the obstacles above, then run the command again.')
  if (!yes) return print(`Nothing was changed. To make these changes: k8s-mtp move ${namespace} --to ${to} --yes`)
  await labelAll(cluster, plan)
  print(`Done: ${await ready(cluster, plan, timeout)}. ${doneText(plan)}`)
}

async function labelAll (cluster: Cluster, plan: Move): Promise<void> {
  let left: Move | undefined = plan
  for (let round = 1; left !== undefined && left.claims.length > 0 && round <= maxRounds; round++) {
    await label(cluster, left, moving)
    left = planMove(await readSituation(cluster, plan.tenant, plan.namespace))
  }
}

async function ready (cluster: Cluster, plan: Adoption, timeout: number): Promise<string> {
  const outcome = await waitUntilReady(cluster, plan, timeout)
  if (outcome.ready) return outcome.message
  throw new NegativeResult(notReady(plan, outcome, timeout, `k8s-mtp move ${plan.namespace} --to ${plan.tenant} --yes`))
}

/** @throws NegativeResult where an adoption is needed, or the Tenant is not Ready in time */
async function completed (cluster: Cluster, situation: Situation, timeout: number): Promise<void> {
  const { namespaceName, namespace, tenant: { metadata: { name, uid } } } = situation
  if (namespace === undefined) throw new NegativeResult(`namespace ${namespaceName} does not exist: nothing to move.`)
  if (!isOwnedBy(namespace, uid)) {
    throw new NegativeResult(`namespace ${namespaceName} belongs to no Tenant. To give it to one: k8s-mtp adopt ${name} ${namespaceName}`)
  }
  if (timeout > 0) await ready(cluster, planAdoption(situation), timeout)
  print(`Nothing to do: namespace ${namespaceName} already belongs to Tenant ${name}.`)
}

function doneText ({ tenant, namespace, from, isHome }: Move): string {
  const others = from.filter(name => name !== tenant).join(', ')
  const before = isHome
    ? `Tenant ${others} has no home namespace any more, and reports NamespaceConflict. Deleting it deletes its other namespaces: move ` +
      'those first.'
    : `Where Tenant ${others} lists it, it reports NamespaceConflict until the entry is removed.`
  return `Namespace ${namespace} belongs to Tenant ${tenant}.${others === '' ? '' : ` ${before}`}`
}
