import { listOf } from './cel.ts'
import type { Guardrail, GuardrailPart, ResourceRule } from './guardrail.ts'
import { joinedVariables } from './joined-variables.ts'

/**
 * Builds one policy of guardrails for overlapping requests, since each policy that matches a request costs the API server time. The id of
 * a rule gets the name of its part as a prefix, and the rule applies only to the requests of its part.
 */
export function merge (
  whole: Pick<Guardrail, 'name' | 'purpose' | 'resources' | 'conditions'>, parts: Record<string, GuardrailPart>
): Guardrail {
  const entries = Object.entries(parts)
  return {
    ...whole,
    variables: joinedVariables([target, ...entries.map(variablesOf)]),
    rules: Object.fromEntries(entries.flatMap(([name, { rules }]) => Object.entries(rules).map(([id, rule]) =>
      [`${name}-${id}`, { ...rule, when: `variables.${guardOf(name)}` }]))),
    parts
  }
}

const target = {
  target: `
    request.resource.group + '/' + request.resource.resource
    + (has(request.subResource) && request.subResource != '' ? '/' + request.subResource : '')`
}

const guardOf = (part: string): string => `isFor${part.charAt(0).toUpperCase()}${part.slice(1)}`

/** In order: a condition may use the variables of its part. */
function variablesOf ([name, { resources, condition, variables }]: [string, GuardrailPart]): Record<string, string> {
  const guard = `(${resources.map(appliesTo).join(' || ')})${condition === undefined ? '' : ` && (${condition.expression})`}`
  return { ...variables, [guardOf(name)]: guard }
}

function appliesTo ({ group, resources, operations }: ResourceRule): string {
  if (group === '*') return 'true'
  return `(request.operation in ${listOf(operations)} && variables.target in ${listOf(resources.map(resource => `${group}/${resource}`))})`
}
