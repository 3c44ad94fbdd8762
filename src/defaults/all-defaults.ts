import type { Parties } from '../guardrails/guardrail.ts'
import { defaultToken } from './default-token.ts'
import type { DefaultsPolicy } from './defaults-policy.ts'
import { narrowedRules } from './narrowed-rules.ts'
import { podDefaults } from './pod-defaults.ts'

/** Sorted by name, as the files are. */
export function allDefaults (parties: Parties): DefaultsPolicy[] {
  return [defaultToken(parties), narrowedRules(parties), podDefaults(parties)]
}
