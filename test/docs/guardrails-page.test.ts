import { describe, expect, it } from 'vitest'
import { guardrailsPage } from '../../docs/generate/guardrails.ts'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import { defaultParties } from '../../src/guardrails/guardrail.ts'
import { readMarkdown } from '../repository/markdown.ts'

describe('docs/reference/guardrails.md', () => {
  const page = guardrailsPage()

  it('has an anchor for each policy and each rule', () => {
    const { anchors } = readMarkdown(page)
    for (const { name, rules } of allGuardrails(defaultParties)) {
      expect(anchors).toContain(name)
      for (const id of Object.keys(rules)) expect(anchors).toContain(`${name.replace('k8s-mtp-', '')}-${id}`)
    }
  })
})
