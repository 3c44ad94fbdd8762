import { fieldsAt, listAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'

/**
 * Says that a NetworkPolicy has rules without peers. A new one is narrowed or refused: the response to a dry run would be about the
 * narrowed one.
 */
export function openRules ({ kind, ...content }: ObservedObject): string | undefined {
  if (kind !== 'NetworkPolicy') return undefined
  const spec = fieldsAt({ ...content }, 'spec')
  const open = [...openIn(spec, 'ingress', 'from'), ...openIn(spec, 'egress', 'to')]
  if (open.length === 0) return undefined
  return `all networks are allowed without ${open.join(' and ')}. Set [{podSelector: {}}] there, or peers that the class allows`
}

function openIn (spec: Fields, direction: string, peers: string): string[] {
  return listAt(spec, direction).flatMap(({ [peers]: list }, index) =>
    Array.isArray(list) && list.length > 0 ? [] : [`spec.${direction}[${index}].${peers}`])
}
