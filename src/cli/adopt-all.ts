import { planAdoption } from '../adoption/plan-adoption.ts'
import { restoredNamespaces, type Restored } from '../adoption/restored.ts'
import { restoredText } from './adoption/adopt-text.ts'
import { label, notReady, waitUntilReady } from './adoption/label-and-wait.ts'
import { plural } from './output/layout.ts'
import { readMarkedNamespaces, readSituation, readTenants } from './adoption/read.ts'
import type { Cluster } from './cluster/cluster.ts'
import { InputError } from './input/input-error.ts'
import { print } from './output/print.ts'

interface Result { tenant: string, namespace: string, done: boolean, because?: string }

/**
 * Takes over all namespaces whose Tenants have another uid now, or says which they are.
 * @throws InputError where one of them could not be taken over; the others are
 */
export async function adoptAll (cluster: Cluster, { yes = false, output, timeout }: { yes?: boolean, output: string, timeout: number }): Promise<void> {
  const [namespaces, tenants] = await Promise.all([readMarkedNamespaces(cluster), readTenants(cluster)])
  const found = restoredNamespaces(namespaces, tenants)
  const report = output === 'json' ? () => {} : print
  report(restoredText(found))
  const results = yes ? await takeOverAll(cluster, found, timeout, report) : []
  if (output === 'json') print(JSON.stringify({ ...found, results }, null, 2))
  const failed = results.filter(({ done }) => !done).length
  if (failed > 0) throw new InputError(`${failed} of ${plural(results.length, 'namespace')} could not be taken over. Mend what is said above and run it again: what is done is not done twice.`)
  report(ending(found, results))
}

async function takeOverAll (cluster: Cluster, { adoptable }: Restored, timeout: number, report: (line: string) => void): Promise<Result[]> {
  const results: Result[] = []
  for (const { tenant, namespace } of adoptable) {
    const because = await takeOver(cluster, tenant, namespace, timeout)
    results.push({ tenant, namespace, done: because === undefined, ...(because !== undefined && { because }) })
    report(because === undefined ? `✓ ${namespace}  Tenant ${tenant} is Ready` : `✗ ${namespace}  ${because}`)
  }
  return results
}

/** Why it failed; undefined where it did not. One that fails must not keep the others waiting. */
async function takeOver (cluster: Cluster, tenant: string, namespace: string, timeout: number): Promise<string | undefined> {
  try {
    const plan = planAdoption(await readSituation(cluster, tenant, namespace))
    await label(cluster, plan)
    const outcome = await waitUntilReady(cluster, plan, timeout)
    return outcome.ready ? undefined : notReady(plan, outcome, timeout)
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
}

function ending ({ adoptable }: Restored, results: Result[]): string {
  if (adoptable.length === 0) return 'There is nothing to do.'
  if (results.length > 0) return `\nDone: ${plural(results.length, 'namespace')} taken over.`
  return 'Nothing has been changed. What would change in one of them: k8s-mtp adopt TENANT NAMESPACE. To take over all: k8s-mtp adopt --all --yes'
}
