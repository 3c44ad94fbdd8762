import type { KubeObject } from '../cluster/kube-object.ts'

/** An object that the API server refuses, and one that differs in nothing else and is accepted. */
export interface Refusal {
  it: string
  refused: KubeObject
  accepted: KubeObject
  /** What the API server says; for a rule of ours in the same words as everywhere else. */
  says: string
}
