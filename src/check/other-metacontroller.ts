import { docsAddress } from '../api/group.ts'
import { few, ok, warning, type Result } from './finding.ts'
import { flagOf, runsMetacontroller, workloadName, type Workload } from './workload.ts'

/** As users write it for a Metacontroller that leaves Tenants to another. */
const exclusion = 'app.kubernetes.io/name!=k8s-mtp'

/**
 * Finds a Metacontroller that would reconcile Tenants beside that of k8s-mtp: each reads every CompositeController that
 * `--target-label-selector` selects, by default all.
 * @param workloads the Deployments and StatefulSets of the cluster
 * @param ofTenants the namespaces of Tenants: members choose their images, and their workloads may not read Tenants
 * @param account the ServiceAccount of Metacontroller, once the guardrails name it
 */
export function otherMetacontroller (
  workloads: readonly Workload[], ofTenants: ReadonlySet<string> = new Set(), account?: { namespace: string, name: string }
): Result {
  const others = workloads.filter(workload => !ofTenants.has(workload.namespace) && !isOwn(workload, account) &&
    workload.replicas > 0 && reconcilesTenants(workload))
  const [first] = others
  if (first === undefined) return ok('no other Metacontroller reconciles Tenants')
  return warning(
    `another Metacontroller runs: ${few(others.map(workloadName))}. Two would reconcile the same Tenants`,
    'Use it: set metacontroller.install=false, metacontroller.serviceAccount.namespace=' +
    `${first.namespace} and metacontroller.serviceAccount.name=${first.serviceAccount} of the chart. Or use the included one: ` +
    `kubectl scale --namespace ${first.namespace} ${first.kind.toLowerCase()}/${first.name} --replicas=0, or give it the argument ` +
    `--target-label-selector=${exclusion}. See ${docsAddress}/install.md#beside-another`
  )
}

function isOwn ({ labels, namespace, serviceAccount }: Workload, account?: { namespace: string, name: string }): boolean {
  return labels['app.kubernetes.io/part-of'] === 'k8s-mtp' ||
    (account !== undefined && account.namespace === namespace && account.name === serviceAccount)
}

function reconcilesTenants ({ containers }: Workload): boolean {
  return containers.some(container => runsMetacontroller(container) && !excludesTenants(container.args))
}

/** True for a selector with the requirement that no label of our CompositeControllers meets. */
export function excludesTenants (args: readonly string[]): boolean {
  const requirements = flagOf(args, 'target-label-selector')?.split(',') ?? []
  return requirements.some(requirement => requirement.replaceAll(/\s/g, '') === exclusion)
}
