import type { Problem } from '../policy/problem.ts'

/** Everything is left unchanged. */
export interface Hold {
  kind: 'hold'
  /** Blocked: the input must be corrected. Provisioning: waiting for the namespace. */
  phase: 'Paused' | 'Terminating' | 'Provisioning' | 'Blocked'
  problems: [Problem, ...Problem[]]
}

export function hold (phase: Hold['phase'], ...problems: Problem[]): Hold {
  const [first, ...others] = problems
  if (first === undefined) throw new TypeError('a hold needs a problem')
  return { kind: 'hold', phase, problems: [first, ...others] }
}
