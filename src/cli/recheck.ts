import { labels } from '../api/group.ts'
import { readLabelledNamespaces } from './adoption/read.ts'
import { openCluster } from './cluster/cluster.ts'
import type { ConnectionOptions } from './cluster/connection.ts'
import { InputError } from './input/input-error.ts'
import { plural } from '../plural.ts'
import { columns } from './output/layout.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print } from './output/print.ts'
import { boundedResources, refusedWorkloads, type Refused } from './recheck/refused-workloads.ts'

export interface RecheckOptions extends ConnectionOptions {
  output: 'text' | 'json'
}

const advice = 'This command needs get, list and create on the kinds that classes bound, in the namespaces of Tenants, and does not ' +
  'work as a member of a break-glass group.'

/**
 * Lists what exists in the namespaces of Tenants and would be refused today: admission judges only new requests, so a class that is
 * tightened does not reach what was admitted before.
 * @param tenant all Tenants by default
 * @throws NegativeResult if something is listed, so that the exit code tells
 */
export async function recheck (tenant: string | undefined, options: RecheckOptions): Promise<void> {
  const cluster = await openCluster(options, advice)
  const namespaces = (await readLabelledNamespaces(cluster))
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .filter(({ metadata }) => tenant === undefined || metadata.labels?.[labels.tenant] === tenant)
  if (namespaces.length === 0 && tenant !== undefined) throw new InputError(`Tenant ${tenant} has no namespace. Check its name and status.`)
  const resources = await boundedResources(cluster)
  const refused: Refused[] = []
  for (const { metadata: { name } } of namespaces) refused.push(...await refusedWorkloads(cluster, resources, name))
  const count = refused.reduce((sum, { objects }) => sum + objects.length, 0)
  if (options.output === 'json') print(JSON.stringify(refused, null, 2))
  else columns(refused.map(({ namespace, objects, message }) => [namespace, named(objects), message])).forEach(line => print(line))
  if (count > 0) {
    throw new NegativeResult(`${plural(count, 'object')} would be refused now. They stay as they are: change or delete them, ` +
      'or allow them in the TenantClass.')
  }
  if (options.output === 'text') print(`nothing in ${plural(namespaces.length, 'namespace')} would be refused`)
}

function named ([first = '', ...others]: string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`
}
