import { docsAddress } from '../api/group.ts'
import { few, ok, warning, type Result } from './finding.ts'
import { flagOf, repositoryOf, tagOf, type Container, type Workload } from './workload.ts'

/** A network plugin that enforces NetworkPolicies for ingress and egress. */
interface Plugin {
  name: string
  /** Of the image, without registry and tag, or of the DaemonSet where images have no names. */
  image?: RegExp
  daemonSet?: RegExp
  /** Whether it enforces, for those that can be switched off or are too old. By default they do. */
  enforces?: (container: Container) => boolean
}

/**
 * The plugins that can be recognised in the cluster. Sources:
 * https://kubernetes.io/docs/tasks/administer-cluster/network-policy-provider/ (Antrea, Calico, Cilium, kube-router, Weave Net)
 * https://docs.aws.amazon.com/eks/latest/userguide/network-policy-disable.html (the argument of its agent)
 * https://www.kube-router.io/docs/user-guide/ (--run-firewall)
 * https://kindnet.es/docs/user/network-policies,
 * and https://github.com/kubernetes-sigs/kind/releases/tag/v0.24.0 (kindnetd from August 2024 on)
 */
const plugins: Plugin[] = [
  { name: 'Calico', image: /(^|\/)(calico\/node|calico-node|hardened-calico|mirrored-calico-node)$/ },
  { name: 'Cilium', image: /(^|\/)(cilium|mirrored-cilium-cilium)$/ },
  { name: 'kube-router', image: /(^|\/)kube-router$/, enforces: ({ args }) => flagOf(args, 'run-firewall') !== 'false' },
  { name: 'Antrea', image: /(^|\/)antrea-(agent-)?(ubuntu|ubi|agent)/ },
  { name: 'kindnet', image: /(^|\/)kindnetd$/, enforces: isNewKindnet },
  { name: 'kube-network-policies', image: /(^|\/)kube-network-policies$/ },
  { name: 'Weave Net', image: /(^|\/)weave-npc$/ },
  { name: 'Kube-OVN', image: /(^|\/)kube-ovn$/ },
  { name: 'OVN-Kubernetes', daemonSet: /^ovnkube-node/ },
  { name: 'Azure NPM', image: /(^|\/)azure-npm$/ },
  {
    name: 'Amazon VPC CNI',
    image: /(^|\/)aws-network-policy-agent$/,
    enforces: ({ args }) => flagOf(args, 'enable-network-policy') === 'true'
  }
]

function isNewKindnet ({ image, args }: Container): boolean {
  const [, date] = /^v(\d{8})/.exec(tagOf(image) ?? '') ?? []
  return date === undefined ? flagOf(args, 'network-policy') === 'true' : date >= '20240813'
}

const remedy = 'Find out which network plugin the nodes have, and try two pods in different Tenants: ' +
  `${docsAddress}/operations.md#are-networkpolicies-enforced`

/** @param daemonSets of all namespaces */
export function networkEnforcement (daemonSets: readonly Workload[]): Result {
  const known = daemonSets.flatMap(daemonSet => plugins.filter(plugin => isOf(plugin, daemonSet)).map(plugin => ({ plugin, daemonSet })))
  const enforcing = known.filter(({ plugin, daemonSet }) => isEnforcing(plugin, daemonSet))
  const running = enforcing.find(({ daemonSet }) => daemonSet.ready > 0) ?? enforcing[0]
  if (running !== undefined) return coverage(running.plugin, running.daemonSet)
  const names = few([...new Set(known.map(({ plugin }) => plugin.name))])
  return known.length > 0
    ? warning(`NetworkPolicies may not be enforced: ${names} is too old, or its enforcement is off`, remedy)
    : warning('it is unknown whether NetworkPolicies are enforced: no known network plugin runs as a DaemonSet', remedy)
}

function coverage ({ name }: Plugin, daemonSet: Workload): Result {
  const { ready, replicas, namespace } = daemonSet
  const message = `${name} enforces NetworkPolicies on ${ready} of ${replicas} nodes`
  if (ready > 0 && ready >= replicas) return ok(message)
  return warning(message, `Look for the reason: kubectl --namespace ${namespace} describe daemonset ${daemonSet.name}`)
}

function isOf ({ image, daemonSet }: Plugin, { name, containers }: Workload): boolean {
  return daemonSet?.test(name) === true || (image !== undefined && containers.some(container => image.test(repositoryOf(container.image))))
}

function isEnforcing ({ image, enforces = () => true }: Plugin, { containers }: Workload): boolean {
  return image === undefined || containers.some(container => image.test(repositoryOf(container.image)) && enforces(container))
}
