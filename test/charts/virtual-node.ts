import type { KubeClient } from '../cluster/client.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'

const name = 'virtual'

const node: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' }
  }
}

/** Creates a Node without a kubelet: a DaemonSet has a pod for each Node. Returns its removal. */
export async function createVirtualNode (client: KubeClient): Promise<() => Promise<void>> {
  await client.create(node)
  // The API server adds one until a kubelet reports.
  await client.patch(refOf(node), { spec: { taints: null } })
  return async () => { await client.delete(refOf(node)) }
}
