import { expect } from 'vitest'
import { ApiError } from '../../cluster/api-error.ts'
import { eventually } from '../context.ts'
import type { GuardrailCase } from '../guardrails/case.ts'
import { guardrailCases } from '../guardrails/cases.ts'
import { refusalOf } from '../guardrails/refusal.ts'
import { people } from '../guardrails/world.ts'
import type { HoleWorld } from './world.ts'

/** A hole that others of this field had, in public, and what shows that it is none here. */
export interface Hole {
  /** A CVE, a GHSA, or the project that had it. */
  id: string
  /** What it was there. */
  was: string
  /** Why it is none here. */
  here: string
  attempts: Attempt[]
  /** Tests elsewhere that show it too. */
  tests?: Array<{ file: string, title: string }>
}

export interface Attempt {
  /** Completes "somebody tries ...", for whoever reads a failure. */
  tries: string
  /** What stops it: a guardrail by its name, `RBAC`, `the schema`, or why it has no effect. */
  by: string
  /** Rejects where it is not stopped, or where what is allowed next to it is stopped too: then the attempt would say nothing. */
  prove: (world: HoleWorld) => Promise<unknown>
}

interface Refused {
  tries: string
  by: string
  attack: (world: HoleWorld) => Promise<unknown>
  /** The same where nothing stands in its way, or as near to it as may be. */
  control: (world: HoleWorld) => Promise<unknown>
}

export function refused ({ tries, by, attack, control }: Refused): Attempt {
  return {
    tries,
    by,
    async prove (world) {
      // Rights are in force a moment after they are stored.
      await eventually(async () => control(world), { timeout: 5_000 })
      const error = await attack(world).then(() => undefined, (error: unknown) => error)
      if (error === undefined) throw new Error('it is allowed')
      expect(stopOf(error)).toBe(by)
    }
  }
}

function stopOf (error: unknown): string {
  if (!(error instanceof ApiError)) throw error
  const guardrail = /ValidatingAdmissionPolicy '(k8s-mtp-[\w-]+)'/.exec(error.message)?.[1]
  if (guardrail !== undefined) return guardrail
  if (error.code === 403 && / cannot \w+ resource /.test(error.message)) return 'RBAC'
  // Server-side apply of an unknown field is answered with 500.
  if (error.code === 400 || error.code === 422 || error.message.includes('field not declared in schema')) return 'the schema'
  throw error
}

/** The cases of a rule that are about a hole, by what they refuse. */
export function casesOf (rule: string, refuses = /./): Attempt[] {
  const found = guardrailCases.filter(each => each.rule === rule && refuses.test(each.refuses))
  if (found.length === 0) throw new Error(`no case of ${rule} is about ${refuses}`)
  return found.map(attemptOf)
}

function attemptOf ({ rule, refuses, who, attempt, message, allowedWho = who, twin }: GuardrailCase): Attempt {
  const [guardrail = ''] = rule.split('/')
  return {
    tries: `${refuses} (${who})`,
    by: `k8s-mtp-${guardrail}`,
    async prove (world) {
      await eventually(async () => twin(people[allowedWho](), world), { timeout: 5_000 })
      expect(await refusalOf(guardrail, async () => attempt(people[who](), world))).toMatch(message)
    }
  }
}
