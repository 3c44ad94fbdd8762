import type { PodTrial } from './pod-trial.ts'

/** Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type Standard = 'baseline' | 'restricted'

/** A control of a Pod Security Standard, and a pod that only it refuses. */
export interface Control extends PodTrial {
  id: string
  title: string
  why: string
  benchmarks?: readonly string[]
}
