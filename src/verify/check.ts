import type { Context } from './context.ts'

/** skipped: not decided, such as where a control fails. It never means that a namespace is isolated. */
export type State = 'passed' | 'failed' | 'warning' | 'skipped'

/** What a check found, in one line. */
export interface Result {
  state: State
  message: string
  /** True for a skipped check that applies to the namespace: a permission of the caller, a control or a present subject is missing. */
  undecided?: true
}

/** 1: essential. 2: hardening. 3: self-service. The levels of the retired Kubernetes multi-tenancy benchmarks. */
export type Level = 1 | 2 | 3

/** A question about the isolation of one namespace. */
export interface Check {
  /** Stable: it is in JSON and in the address of its documentation. */
  id: string
  level: Level
  title: string
  why: string
  remedy: string
  /** Its ids in https://github.com/kubernetes-retired/multi-tenancy/tree/master/benchmarks. */
  benchmarks?: readonly string[]
  judge: (context: Context) => Result | Promise<Result>
}

/** Checks of one subject, in the order of the output. */
export interface Family {
  id: string
  title: string
  checks: readonly Check[]
}

export const passed = (message: string): Result => ({ state: 'passed', message })
export const failed = (message: string): Result => ({ state: 'failed', message })
export const warning = (message: string): Result => ({ state: 'warning', message })
/** The check does not apply: the class allows it, or the namespace has nothing of the kind. */
export const skipped = (message: string): Result => ({ state: 'skipped', message })
/** The check applies, and there is no answer: the caller may not ask, a control failed, or no subject has access. */
export const undecided = (message: string): Result => ({ state: 'skipped', message, undecided: true })
