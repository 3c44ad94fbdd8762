import { orphanObstacle } from '../adoption/orphaned.ts'
import type { CheckedOptions } from './adopt.ts'
import { giveToTenant, readOrphan } from './adoption/read.ts'
import type { Cluster } from './cluster/cluster.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print } from './output/print.ts'

/**
 * Gives a TenantNamespace that was left behind to the Tenant of its name, or prints that; what is in its namespace stays as it is.
 * @throws NegativeResult if the Tenant does not list it
 */
export async function adoptOrphan (
  cluster: Cluster, tenant: string, namespace: string, { yes, output }: CheckedOptions
): Promise<'none' | 'planned' | 'given'> {
  const orphan = await readOrphan(cluster, tenant, namespace)
  if (orphan === undefined) return 'none'
  const obstacle = orphanObstacle(orphan)
  if (obstacle !== undefined) throw new NegativeResult(obstacle)
  if (yes) {
    await giveToTenant(cluster, orphan)
    return 'given'
  }
  const { name } = orphan.object.metadata
  print(output === 'json'
    ? JSON.stringify({ tenant, namespace, tenantNamespace: name, done: false }, null, 2)
    : `TenantNamespace ${name} was left behind by an earlier Tenant ${tenant}: it gets the ownerReference and the label of the Tenant. ` +
      'Nothing in the namespace changes.\n' +
      `Nothing was changed. To make these changes: k8s-mtp adopt ${tenant} ${namespace} --yes`)
  return 'planned'
}
