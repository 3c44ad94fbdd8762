import { expect } from 'vitest'
import { ApiError } from '../../cluster/api-error.ts'
import { eventually } from '../context.ts'
import type { GuardrailCase } from '../guardrails/case.ts'
import { guardrailCases } from '../guardrails/cases.ts'
import { refusalOf } from '../guardrails/refusal.ts'
import { people } from '../guardrails/world.ts'
import type { AdvisoryWorld } from './world.ts'

/** A public vulnerability of a comparable project, and evidence that k8s-mtp does not have it. */
export interface Advisory {
  /** A CVE, a GHSA, or the affected project. */
  id: string
  vulnerability: string
  mitigation: string
  attempts: Attempt[]
  /** Tests elsewhere with further evidence. */
  tests?: Array<{ file: string, title: string }>
}

export interface Attempt {
  /** For failures. */
  action: string
  /** The name of a guardrail, `RBAC`, `the schema`, or why the attempt has no effect. */
  stoppedBy: string
  /** Rejects if the attempt is not stopped, or if a similar allowed request is stopped too: then the attempt would be no evidence. */
  verify: (world: AdvisoryWorld) => Promise<unknown>
}

interface Refused {
  action: string
  stoppedBy: string
  attack: (world: AdvisoryWorld) => Promise<unknown>
  /** A similar request that is allowed. */
  control: (world: AdvisoryWorld) => Promise<unknown>
}

export function refused ({ action, stoppedBy, attack, control }: Refused): Attempt {
  return {
    action,
    stoppedBy,
    async verify (world) {
      // Permissions are enforced a moment after they are stored.
      await eventually(async () => control(world), { timeout: 30_000 })
      const error = await attack(world).then(() => undefined, (error: unknown) => error)
      if (error === undefined) throw new Error('it is allowed')
      expect(stopOf(error)).toBe(stoppedBy)
    }
  }
}

function stopOf (error: unknown): string {
  if (!(error instanceof ApiError)) throw error
  const guardrail = /ValidatingAdmissionPolicy '(k8s-mtp-[\w-]+)'/.exec(error.message)?.[1]
  if (guardrail !== undefined) return guardrail
  if (error.code === 403 && / cannot \w+ resource /.test(error.message)) return 'RBAC'
  // Server-side apply of an unknown field returns 500.
  if (error.code === 400 || error.code === 422 || error.message.includes('field not declared in schema')) return 'the schema'
  throw error
}

/** Returns the cases of a rule as attempts. */
export function casesOf (rule: string, refuses = /./): Attempt[] {
  const found = guardrailCases.filter(each => each.rule === rule && refuses.test(each.refuses))
  if (found.length === 0) throw new Error(`no case of ${rule} matches ${refuses}`)
  return found.map(attemptOf)
}

function attemptOf ({ rule, refuses, who, attempt, message, allowedWho = who, control }: GuardrailCase): Attempt {
  const [guardrail = ''] = rule.split('/')
  return {
    action: `${refuses} (${who})`,
    stoppedBy: `k8s-mtp-${guardrail}`,
    async verify (world) {
      await eventually(async () => control(people[allowedWho](), world), { timeout: 30_000 })
      expect(await refusalOf(guardrail, async () => attempt(people[who](), world))).toMatch(message)
    }
  }
}
