import { describe, expect, it } from 'vitest'
import { quoted } from '../../src/guardrails/cel.ts'
import { defaultParties } from '../../src/guardrails/guardrail.ts'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import { guardrailManifests } from '../../src/guardrails/admission-policy.ts'

describe('the guardrails', () => {
  const guardrails = allGuardrails(defaultParties)

  it('have names of their own, and so have their rules', () => {
    const names = guardrails.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { rules } of guardrails) expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
  })

  it('refuse what they cannot decide, and deny rather than warn', () => {
    for (const guardrail of guardrails) {
      const [policy, binding] = guardrailManifests(guardrail)
      expect(policy).toHaveProperty('spec.failurePolicy', 'Fail')
      expect(binding).toHaveProperty('spec', expect.objectContaining({ policyName: guardrail.name, validationActions: ['Deny'] }))
    }
  })

  it('name the parties that they are given, and no others', () => {
    const text = JSON.stringify(allGuardrails({ engine: 'system:serviceaccount:other:engine', breakGlass: ['sre', 'fire-brigade'], podSecurity: ['restricted'] }))
    expect(text).toContain('system:serviceaccount:other:engine')
    expect(text).toContain("['sre', 'fire-brigade']")
    expect(text).toContain('sre or fire-brigade')
    expect(text).not.toContain(defaultParties.engine)
    expect(text).not.toContain('k8s-mtp:break-glass')
  })
})

it.each([["it's", "'it\\'s'"], ['a\\b', "'a\\\\b'"], ["\\'", "'\\\\\\''"]])('the text %s is one CEL string', (text, cel) => {
  expect(quoted(text)).toBe(cel)
})
