import { planAdoption } from '../adoption/plan-adoption.ts'
import { restoredNamespaces, type Restored } from '../adoption/restored.ts'
import type { CheckedOptions } from './adopt.ts'
import { restoredText } from './adoption/adopt-text.ts'
import { label, notReady, waitUntilReady } from './adoption/label-and-wait.ts'
import { readLabelledNamespaces, readSituation, readTenants } from './adoption/read.ts'
import type { Cluster } from './cluster/cluster.ts'
import { InputError } from './input/input-error.ts'
import { plural } from '../plural.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print } from './output/print.ts'

interface Result { tenant: string, namespace: string, done: boolean, because?: string }

/**
 * Adopts all namespaces whose Tenants have a new uid, or lists them.
 * @throws NegativeResult after the last namespace, if one failed
 */
export async function adoptAll (cluster: Cluster, { yes, output, timeout }: CheckedOptions): Promise<void> {
  const [namespaces, tenants] = await Promise.all([readLabelledNamespaces(cluster), readTenants(cluster)])
  const found = restoredNamespaces(namespaces, tenants)
  const report = output === 'json' ? () => {} : print
  report(restoredText(found))
  const results = yes ? await adoptEach(cluster, found, timeout, report) : []
  if (output === 'json') print(JSON.stringify({ ...found, results }, null, 2))
  const failed = results.filter(({ done }) => !done).length
  if (failed > 0) {
    throw new NegativeResult(`${failed} of ${plural(results.length, 'namespace')} could not be adopted. ` +
      'Fix the problems above, then run the command again.')
  }
  report(summary(found, results))
}

async function adoptEach (cluster: Cluster, { adoptable }: Restored, timeout: number, report: (line: string) => void): Promise<Result[]> {
  const results: Result[] = []
  for (const { tenant, namespace } of adoptable) {
    const because = await failureOf(cluster, tenant, namespace, timeout)
    results.push({ tenant, namespace, done: because === undefined, ...(because !== undefined && { because }) })
    report(because === undefined ? `✓ ${namespace}  Tenant ${tenant} is Ready` : `✗ ${namespace}  ${because}`)
  }
  return results
}

/** Adopts a namespace and returns why that failed, if it did: one failure must not stop the others. */
async function failureOf (cluster: Cluster, tenant: string, namespace: string, timeout: number): Promise<string | undefined> {
  try {
    const plan = planAdoption(await readSituation(cluster, tenant, namespace))
    await label(cluster, plan)
    const outcome = await waitUntilReady(cluster, plan, timeout)
    return outcome.ready ? undefined : notReady(plan, outcome, timeout)
  } catch (error) {
    if (error instanceof InputError || error instanceof NegativeResult) return error.message
    throw error
  }
}

function summary ({ adoptable }: Restored, results: Result[]): string {
  if (adoptable.length === 0) return 'Nothing to do.'
  if (results.length > 0) return `\nDone: ${plural(results.length, 'namespace')} adopted.`
  return 'Nothing was changed. To see the changes of one namespace: k8s-mtp adopt TENANT NAMESPACE. To adopt all: k8s-mtp adopt --all --yes'
}
