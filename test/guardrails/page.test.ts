import { it } from 'vitest'
import { defaultParties } from '../../src/guardrails/guardrail.ts'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import { expectSection } from '../support/page.ts'

it('docs/security.md lists every guardrail with what it refuses', () => {
  expectSection('docs/security.md', 'guardrails', allGuardrails(defaultParties).map(({ name, purpose, rules }) =>
    [`**${name}**: ${purpose}`, '', ...rules.map(({ id, refuses }) => `- *${id}*: ${refuses}`)].join('\n')).join('\n\n'))
})
