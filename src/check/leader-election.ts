import { docsAddress } from '../api/group.ts'
import { fieldsAt, textAt } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { failed, ok, skipped, type Result } from './finding.ts'
import { argumentsOf } from './metacontroller-workload.ts'
import { flagOf, workloadName, type Workload } from './workload.ts'

/** Where the leader of Metacontroller renews its lease; undefined without leader election. */
export function leaseOf (found: Workload | undefined): { namespace: string, name: string } | undefined {
  if (found === undefined || !isElected(found)) return undefined
  const args = argumentsOf(found)
  return {
    namespace: flagOf(args, 'leader-election-namespace') ?? found.namespace,
    name: flagOf(args, 'leader-election-id') ?? 'metacontroller'
  }
}

function isElected (found: Workload): boolean {
  return ['true', '1', 't'].includes(flagOf(argumentsOf(found), 'leader-election')?.toLowerCase() ?? 'false')
}

/**
 * One leader, with a lease that it renews.
 * @param lease undefined if it does not exist
 */
export function leaderElection (found: Workload | undefined, lease: ObservedObject | undefined, now: Date): Result {
  if (found === undefined) return skipped('Metacontroller was not found')
  const place = leaseOf(found)
  if (place === undefined) {
    return found.replicas > 1
      ? failed(`${workloadName(found)} has ${found.replicas} replicas without --leader-election: each reconciles all Tenants`,
        'Give it the argument --leader-election, or one replica.')
      : ok('one replica, without leader election')
  }
  const name = `Lease ${place.namespace}/${place.name}`
  const remedy = `Read the logs: kubectl --namespace ${found.namespace} logs ${found.kind.toLowerCase()}/${found.name}. ` +
    'For its permissions set metacontroller.leaderElection.enabled=true of the chart; without the chart: ' +
    'kubectl apply -f rbac/leader-election.yaml. ' +
    `See ${docsAddress}/operations.md#metacontroller-is-down-or-stuck`
  if (lease === undefined) return failed(`${name} does not exist: no replica reconciles Tenants`, remedy)
  const spec = fieldsAt(lease, 'spec')
  const ends = Date.parse(textAt(spec, 'renewTime')) + Number(textAt(spec, 'leaseDurationSeconds')) * 1000
  return ends >= now.getTime()
    ? ok(`${textAt(spec, 'holderIdentity')} holds ${name}`)
    : failed(`${name} has expired, last renewed ${textAt(spec, 'renewTime') || 'at an unknown time'}: no replica reconciles Tenants`,
      remedy)
}
