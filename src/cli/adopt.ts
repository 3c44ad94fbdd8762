import { isAdopted, planAdoption, type Adoption } from '../adoption/plan-adoption.ts'
import { adoptAll } from './adopt-all.ts'
import { adoptOrphan } from './adopt-orphan.ts'
import { adoptionText, deletionEffect } from './adoption/adopt-text.ts'
import { label, notReady, waitUntilReady, type Outcome } from './adoption/label-and-wait.ts'
import { readSituation } from './adoption/read.ts'
import { openCluster, type Cluster } from './cluster/cluster.ts'
import { durationOption } from './input/duration.ts'
import { InputError } from './input/input-error.ts'
import type { ChangeOptions } from './input/change-options.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print } from './output/print.ts'

export interface AdoptOptions extends ChangeOptions {
  all?: boolean
  output: 'text' | 'json'
}

/** {@link AdoptOptions}, checked. */
export interface CheckedOptions { yes: boolean, output: 'text' | 'json', timeout: number }

/**
 * Adopts a namespace into a Tenant, or prints what would change.
 * @throws NegativeResult if an obstacle prevents it, or the Tenant is not Ready in time
 */
export async function adopt (tenant: string | undefined, namespace: string | undefined, options: AdoptOptions): Promise<void> {
  const { output, yes = false, all = false } = options
  const checked: CheckedOptions = { yes, output, timeout: durationOption('--timeout', options.timeout) }
  if (all && tenant !== undefined) throw new InputError('--all takes no Tenant. Leave out the Tenant, or --all.')
  if (all) return await adoptAll(await openCluster(options), checked)
  if (tenant === undefined || namespace === undefined) {
    throw new InputError('the Tenant or its namespace is missing. Name both, or use --all: k8s-mtp adopt acme tenant-acme-shop')
  }
  await adoptNamed(await openCluster(options), tenant, namespace, checked)
}

async function adoptNamed (cluster: Cluster, tenant: string, namespace: string, options: CheckedOptions): Promise<void> {
  if (await adoptOrphan(cluster, tenant, namespace, options) === 'planned') return
  await adoptOne(cluster, tenant, namespace, options)
}

async function adoptOne (cluster: Cluster, tenant: string, namespace: string, { yes, output, timeout }: CheckedOptions): Promise<void> {
  const situation = await readSituation(cluster, tenant, namespace)
  const plan = planAdoption(situation)
  const isText = output === 'text'
  if (isText) print(adoptionText(plan))
  if (!yes || plan.obstacles.length > 0) {
    if (!isText) print(json(plan))
    if (plan.obstacles.length > 0) throw new NegativeResult('nothing was changed. Remove the obstacles above, then run the command again.')
    if (isText) print(nextStep(plan, isAdopted(plan, situation)))
    return
  }
  await label(cluster, plan)
  const outcome = await waitUntilReady(cluster, plan, timeout)
  if (!isText) print(json(plan, outcome))
  if (!outcome.ready) throw new NegativeResult(notReady(plan, outcome, timeout))
  if (isText) print(`Done: ${outcome.message}. From now on, ${deletionEffect(plan)}.`)
}

function nextStep ({ tenant, namespace }: Adoption, isDone: boolean): string {
  return isDone
    ? `Nothing to do: namespace ${namespace} already belongs to Tenant ${tenant}.`
    : `Nothing was changed. To make these changes: k8s-mtp adopt ${tenant} ${namespace} --yes`
}

/** The plan for programs, with objects by name instead of in full. */
function json ({ claims, ...plan }: Adoption, outcome?: Outcome): string {
  const labels = claims.map(({ object: { apiVersion, kind, metadata: { name, namespace } }, dangling }) => ({
    apiVersion, kind, name, ...(namespace !== undefined && { namespace }), ...(dangling.length > 0 && { dangling })
  }))
  return JSON.stringify({ ...plan, labels, done: outcome !== undefined, ...outcome }, null, 2)
}
