import { isAdopted, planAdoption, type Adoption } from '../adoption/plan-adoption.ts'
import { adoptAll } from './adopt-all.ts'
import { adoptionText } from './adoption/adopt-text.ts'
import { label, notReady, waitUntilReady, type Outcome } from './adoption/label-and-wait.ts'
import { readSituation } from './adoption/read.ts'
import { openCluster, type Cluster } from './cluster/cluster.ts'
import { durationMilliseconds } from './input/duration.ts'
import { InputError } from './input/input-error.ts'
import type { ChangeOptions } from './input/options.ts'
import { print } from './output/print.ts'

export interface AdoptOptions extends ChangeOptions {
  all?: boolean
  output: string
}

/**
 * Makes a namespace a Tenant's, or says what that would do.
 * @throws InputError where it cannot be done, or has not come to its end in time
 */
export async function adopt (tenant: string | undefined, namespace: string | undefined, options: AdoptOptions): Promise<void> {
  if (options.output !== 'text' && options.output !== 'json') throw new InputError(`--output is text or json, not ${options.output}`)
  const timeout = durationMilliseconds('--timeout', options.timeout)
  if (options.all === true) {
    if (tenant !== undefined) throw new InputError('--all takes all namespaces that were made for Tenants: name none, or leave out --all')
    return await adoptAll(await openCluster(options), { ...options, timeout })
  }
  if (tenant === undefined || namespace === undefined) throw new InputError('name a Tenant and its namespace, or give --all: k8s-mtp adopt acme tenant-acme-shop')
  await adoptOne(await openCluster(options), tenant, namespace, { ...options, timeout })
}

async function adoptOne (cluster: Cluster, tenant: string, namespace: string, { yes, output, timeout }: Omit<AdoptOptions, 'timeout'> & { timeout: number }): Promise<void> {
  const situation = await readSituation(cluster, tenant, namespace)
  const plan = planAdoption(situation)
  if (output === 'text') print(adoptionText(plan))
  if (yes !== true || plan.obstacles.length > 0) {
    if (output === 'json') print(json(plan))
    if (plan.obstacles.length > 0) throw new InputError('Nothing has been changed.')
    if (output === 'text') print(whatNext(plan, isAdopted(plan, situation)))
    return
  }
  await label(cluster, plan)
  const outcome = await waitUntilReady(cluster, plan, timeout)
  if (output === 'json') print(json(plan, outcome))
  else if (outcome.ready) print(`Done: ${outcome.message}. From now on the namespace goes with Tenant ${tenant} when that is deleted.`)
  if (!outcome.ready) throw new InputError(notReady(plan, outcome, timeout))
}

function whatNext ({ tenant, namespace }: Adoption, isDone: boolean): string {
  return isDone
    ? `There is nothing to do: namespace ${namespace} is Tenant ${tenant}'s already.`
    : `Nothing has been changed. To do it: k8s-mtp adopt ${tenant} ${namespace} --yes`
}

/** A machine needs no whole objects: they are named. */
function json ({ claims, ...plan }: Adoption, outcome?: Outcome): string {
  const labelled = claims.map(({ object: { apiVersion, kind, metadata }, dangling }) =>
    ({ apiVersion, kind, name: metadata.name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }), ...(dangling.length > 0 && { dangling }) }))
  return JSON.stringify({ ...plan, labels: labelled, done: outcome !== undefined, ...outcome }, null, 2)
}
