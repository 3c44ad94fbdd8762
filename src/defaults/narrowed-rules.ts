import { labels, narrowedAnnotation } from '../api/group.ts'
import { exceptBreakGlass, exceptEngine } from '../guardrails/conditions.ts'
import type { Parties } from '../guardrails/guardrail.ts'
import { authorVariables } from '../guardrails/tenants/unmanaged-objects.ts'
import {
  directions, hasNoPeers, isOfMember, networkPolicyWrites, rulesOf, type Direction
} from '../guardrails/workloads/network-policies.ts'
import type { DefaultsPolicy, Patch } from './defaults-policy.ts'

const hasOpenRule = (direction: Direction): string => `${rulesOf(direction)}.exists(rule, ${hasNoPeers(direction, 'rule')})`
const when = 'variables.isNarrowed && variables.open.size() > 0'

function narrowed (direction: Direction): Patch {
  const { name, peers } = direction
  const type = `Object.spec.${name}.${peers}`
  return {
    fillsIn: `${peers}: [{podSelector: {}}] in rules of ${name} without peers`,
    when,
    operations: `
      ${rulesOf(direction)}.transformList(index, rule, ${hasNoPeers(direction, 'rule')},
        JSONPatch{op: 'add', path: '/spec/${name}/' + string(index) + '/${peers}', value: [${type}{podSelector: ${type}.podSelector{}}]})`
  }
}

/**
 * Nothing of the class becomes part of a rule: it would stay when the class allows less. Traffic that the class allows is allowed anyway,
 * since NetworkPolicies add up.
 */
export const narrowedRules = (parties: Parties): DefaultsPolicy => ({
  name: 'k8s-mtp-narrowed-rules',
  purpose: 'Rules of NetworkPolicies without peers, which allow all networks, allow the pods of their namespace.',
  resources: networkPolicyWrites,
  // Those of k8s-mtp, which exist before the WorkloadPolicy.
  exceptLabel: labels.tenant,
  conditions: { ...exceptEngine(parties), ...exceptBreakGlass(parties) },
  variables: {
    ...authorVariables,
    isNarrowed: `
      params.spec.networkPolicies.narrow && ${isOfMember}
      && (oldObject == null || object.spec != oldObject.spec)`,
    open: directions.map(direction => `(${hasOpenRule(direction)} ? ['${direction.name}'] : [])`).join(' + ')
  },
  patches: {
    ...Object.fromEntries(directions.map(direction => [direction.name, narrowed(direction)])),
    annotation: {
      fillsIn: `the annotation ${narrowedAnnotation}, with the directions of these rules`,
      when,
      operations: `
        (has(object.metadata.annotations) ? [] : [JSONPatch{op: 'add', path: '/metadata/annotations', value: {}}])
        + [JSONPatch{
          op: 'add', path: '/metadata/annotations/' + jsonpatch.escapeKey('${narrowedAnnotation}'), value: variables.open.join(',')
        }]`
    }
  },
  hasParameter: true
})
