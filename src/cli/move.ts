import { planAdoption } from '../adoption/plan-adoption.ts'
import { planMove, type Move } from '../adoption/plan-move.ts'
import type { Situation } from '../adoption/situation.ts'
import { adoptionText } from './adoption/adopt-text.ts'
import { label, notReady, waitUntilReady, type Labelling } from './adoption/label-and-wait.ts'
import { readSituation } from './adoption/read.ts'
import { openCluster } from './cluster/cluster.ts'
import { durationOption } from './input/duration.ts'
import { InputError } from './input/input-error.ts'
import type { ChangeOptions } from './input/options.ts'
import { print } from './output/print.ts'

export interface MoveOptions extends ChangeOptions {
  /** Name of the Tenant that gets the namespace. */
  to: string
}

const moving: Labelling = { namespace: 'first', planAgain: situation => planMove(situation) ?? planAdoption(situation) }

/**
 * Moves a namespace with everything in it from its Tenant to another, or prints what would change.
 * @throws InputError if an obstacle prevents it, or the Tenant is not Ready in time
 */
export async function move (namespace: string, { to, yes = false, ...options }: MoveOptions): Promise<void> {
  const timeout = durationOption('--timeout', options.timeout)
  const cluster = await openCluster(options)
  const situation = await readSituation(cluster, to, namespace)
  const plan = planMove(situation)
  if (plan === undefined) return print(nothingToMove(situation, to))
  print(adoptionText(plan, plan.from))
  if (plan.obstacles.length > 0) throw new InputError('Nothing was changed.')
  if (!yes) return print(`Nothing was changed. To make these changes: k8s-mtp move ${namespace} --to ${to} --yes`)
  await label(cluster, plan, moving)
  const outcome = await waitUntilReady(cluster, plan, timeout)
  if (!outcome.ready) throw new InputError(notReady(plan, outcome, timeout, `k8s-mtp move ${namespace} --to ${to} --yes`))
  print(doneText(plan, outcome.message))
}

/** @throws InputError where an adoption is needed */
function nothingToMove ({ namespace, tenant }: Situation, to: string): string {
  if (namespace === undefined) throw new InputError('the namespace does not exist: nothing to move.')
  const { name } = namespace.metadata
  const isOwned = namespace.metadata.ownerReferences?.some(({ uid }) => uid === tenant.metadata.uid) === true
  if (isOwned) return `Nothing to do: namespace ${name} already belongs to Tenant ${to}.`
  throw new InputError(`namespace ${name} belongs to no Tenant. To give it to one: k8s-mtp adopt ${to} ${name}`)
}

function doneText ({ tenant, namespace, from }: Move, message: string): string {
  const others = from.filter(name => name !== tenant)
  return `Done: ${message}. Namespace ${namespace} belongs to Tenant ${tenant}.` + (others.length === 0
    ? ''
    : ` Tenant ${others.join(', ')} reports NamespaceConflict until its entry is removed, or the Tenant if this was its home namespace.`)
}
