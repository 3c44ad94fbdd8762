import type { KubeObject } from '../../cluster/kube-object.ts'
import { uidLabel } from '../desired.ts'

/** A manual change of an object that is in no later request. */
export interface HandEdit { object: string, change: (object: KubeObject) => KubeObject }

/** A released child is in no request: in the recordings it is only missing. */
export const handEdits: Record<string, HandEdit[]> = {
  '14-policy-released': [
    { object: 'NetworkPolicy.networking.k8s.io/v1 tenant-acme-shop/allow-dns', change: withoutUidLabel }
  ]
}

function withoutUidLabel (object: KubeObject): KubeObject {
  const { [uidLabel]: _, ...labels } = object.metadata.labels ?? {}
  return { ...object, metadata: { ...object.metadata, labels } }
}
