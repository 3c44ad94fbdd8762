import type { KubeObject } from '../cluster/kube-object.ts'

/** An object that the API server refuses, and a similar one that it accepts. */
export interface Refusal {
  it: string
  refused: KubeObject
  accepted: KubeObject
  /** Part of the message; the same from the API server and offline for rules of k8s-mtp. */
  says: string
}
