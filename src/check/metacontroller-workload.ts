import { docsAddress } from '../api/group.ts'
import { failed, ok, skipped, warning, type Result } from './finding.ts'
import { excludesTenants } from './other-metacontroller.ts'
import { flagOf, runsMetacontroller, tagOf, workloadName, type Container, type Workload } from './workload.ts'

export interface Account { namespace: string, name: string }

/** The lowest version with the behaviour that k8s-mtp relies on. */
const lowestVersion = [4, 17, 2] as const

/** Requests per second. The default of Metacontroller is 5. */
const fewRequests = 20
const defaultRequests = 5

/** Finds the Deployment or StatefulSet whose pods run with the ServiceAccount that the guardrails name. */
export function findMetacontroller (workloads: readonly Workload[], account: Account): Workload | undefined {
  const candidates = workloads.filter(({ namespace, serviceAccount }) => namespace === account.namespace && serviceAccount === account.name)
  return candidates.find(({ containers }) => containers.some(runsMetacontroller)) ?? candidates[0]
}

/** Of the container that runs Metacontroller. */
export function argumentsOf ({ containers }: Workload): string[] {
  return containerOf(containers)?.args ?? []
}

function containerOf (containers: readonly Container[]): Container | undefined {
  return containers.find(runsMetacontroller) ?? containers[0]
}

/** Found, and its pods ready. */
export function metacontrollerRuns (found: Workload | undefined, account: Account): Result {
  if (found === undefined) {
    return failed(
      `no Deployment or StatefulSet runs with the ServiceAccount ${account.namespace}/${account.name}, which the guardrails name`,
      'Set metacontroller.install=true of the chart, or metacontroller.serviceAccount to that of your own Metacontroller. ' +
      `See ${docsAddress}/install.md#metacontroller`
    )
  }
  const { namespace, replicas, ready } = found
  const [name, target] = [workloadName(found), `${found.kind.toLowerCase()}/${found.name}`]
  if (excludesTenants(argumentsOf(found))) {
    return failed(`${name} excludes k8s-mtp by --target-label-selector`,
      'Remove the argument, or set metacontroller.serviceAccount of the chart to that of another Metacontroller.')
  }
  if (replicas === 0) return failed(`${name} has no replicas`, `Scale it up: kubectl --namespace ${namespace} scale ${target} --replicas=2`)
  const message = `${name} has ${ready} of ${replicas} replicas ready`
  const kubectl = `kubectl --namespace ${namespace}`
  const remedy = `Look for the reason: ${kubectl} describe ${target}; ${kubectl} logs ${target}`
  if (ready === 0) return failed(message, remedy)
  return ready < replicas ? warning(message, remedy) : ok(message)
}

const noWorkload = skipped('Metacontroller was not found')

export function metacontrollerVersion (found: Workload | undefined): Result {
  if (found === undefined) return noWorkload
  const image = imageOf(found)
  const lowest = lowestVersion.join('.')
  const [, ...parts] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(tagOf(image) ?? '') ?? []
  if (parts.length === 0) {
    return warning(`the version of ${image} is unknown`, `Check that it is ${lowest} or later, or use a tag with the version.`)
  }
  const difference = lowestVersion.map((part, index) => Number(parts[index]) - part).find(value => value !== 0) ?? 0
  const message = `Metacontroller ${parts.join('.')}`
  return difference < 0 ? failed(`${message} is older than ${lowest}`, `Upgrade it to ${lowest} or later.`) : ok(message)
}

/** The image that runs Metacontroller. */
export function imageOf ({ containers }: Workload): string {
  return containerOf(containers)?.image ?? ''
}

/** A changed class is applied to all its Tenants at once, and each takes several requests. */
export function metacontrollerLimits (found: Workload | undefined): Result {
  if (found === undefined) return noWorkload
  const requests = Number(flagOf(argumentsOf(found), 'client-go-qps') ?? defaultRequests)
  if (requests >= fewRequests) return ok(`Metacontroller may send ${requests} requests a second`)
  return warning(`Metacontroller may send ${requests} requests a second; a new Tenant takes 19`,
    'Give it the arguments --client-go-qps=50 --client-go-burst=100 --workers=20, or set sizing of the chart. ' +
    `See ${docsAddress}/operations.md#sizing`)
}
