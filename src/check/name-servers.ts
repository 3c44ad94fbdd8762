import { docsAddress } from '../api/group.ts'
import { fieldsAt, listAt, textAt, type Fields } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { few, ok, warning, type Result } from './finding.ts'

/** Pods that a class allows DNS to. */
export interface NameServers { namespace: string, labelSelector: string }

/** The peers of a class with a namespace. Those with a network cannot be checked. */
export function nameServersOf (tenantClass: ObservedObject): NameServers[] {
  const dns = fieldsAt(fieldsAt(fieldsAt(tenantClass, 'spec'), 'network'), 'dns')
  return listAt(dns, 'peers').filter(peer => textAt(peer, 'namespace') !== '').map(peer => ({
    namespace: textAt(peer, 'namespace'),
    labelSelector: selectorOf(fieldsAt(peer, 'podLabels'))
  }))
}

function selectorOf (podLabels: Fields): string {
  return Object.keys(podLabels).sort().map(key => `${key}=${textAt(podLabels, key)}`).join(',')
}

/**
 * Whether each class that names pods for DNS names running ones. Clusters differ in their namespace and labels, and a class may list
 * several.
 * @param running the number of running pods of a peer
 */
export function nameServers (classes: readonly ObservedObject[], running: (peer: NameServers) => number): Result {
  const checked = classes.map(tenantClass => ({ name: tenantClass.metadata.name, peers: nameServersOf(tenantClass) }))
    .filter(({ peers }) => peers.length > 0)
  const without = checked.filter(({ peers }) => peers.every(peer => running(peer) === 0))
  const [first] = without
  if (first === undefined) {
    const names = few(checked.map(({ name }) => name))
    return ok(names === '' ? 'no class allows DNS to pods' : `name servers run for class ${names}`)
  }
  const peers = first.peers.map(({ namespace, labelSelector }) => `${labelSelector || 'any pod'} in ${namespace}`)
  return warning(
    `no name server runs for class ${few(without.map(({ name }) => name))}: DNS is allowed to ${few(peers)}`,
    `Set spec.network.dns of TenantClass ${first.name} to the namespace and the labels of your name servers: kubectl get pods ` +
    `--all-namespaces --show-labels | grep -i dns. See ${docsAddress}/troubleshooting.md#traffic-is-not-isolated-or-dns-fails`
  )
}
