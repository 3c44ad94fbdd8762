import { listOf } from './cel.ts'
import type { Guardrail, GuardrailPart, Operation, Policy, Rule } from './guardrail.ts'
import { joinedVariables } from './joined-variables.ts'

type Part = Omit<GuardrailPart, 'condition'>
type Whole = Pick<Guardrail, 'name' | 'purpose' | 'resources' | 'conditions'>

/**
 * Builds a guardrail whose parts are for overlapping resources. All resources with the same parts get a policy, since the API server
 * evaluates each rule and each message of a policy for all requests that it matches. What no part is for is left to `others`, in a policy
 * with the name of the guardrail. The id of a rule gets the name of its part as a prefix.
 */
export function split (whole: Whole, others: Record<string, Part>, parts: Record<string, Part>): Guardrail {
  const all = { ...others, ...parts }
  const policies = groupedBy(targetsOf(parts), ({ operations }) => JSON.stringify(operations))
    .map(targets => policyFor(whole.name, targets, parts))
  const exceptResources = policies.flatMap(({ resources }) => resources)
  return {
    ...whole,
    ...contentOf(all),
    parts: all,
    // Last: in an upgrade, what it leaves out is in force by then.
    policies: [...policies, { ...whole, ...contentOf(others), exceptResources }]
  }
}

function contentOf (parts: Record<string, Part>): Pick<Policy, 'variables' | 'rules'> {
  return {
    variables: joinedVariables(Object.values(parts).map(({ variables = {} }) => variables)),
    rules: Object.fromEntries(Object.entries(parts).flatMap(([name, { rules }]) =>
      Object.entries(rules).map(([id, rule]) => [`${name}-${id}`, rule])))
  }
}

interface Target {
  group: string
  resource: string
  /** By the parts that are for it. */
  operations: Record<string, Operation[]>
}

function targetsOf (parts: Record<string, Part>): Target[] {
  const rules = Object.entries(parts).flatMap(([part, { resources }]) => resources.map(rule => ({ ...rule, part })))
  const found = new Map<string, Target>()
  for (const { part, group, resources, operations } of rules) {
    for (const resource of resources) {
      const known = found.get(`${group}/${resource}`)
      found.set(`${group}/${resource}`, { group, resource, operations: { ...known?.operations, [part]: operations } })
    }
  }
  return [...found.values()]
}

/** Named for the part with the fewest resources. @param targets with the same operations */
function policyFor (name: string, targets: Target[], all: Record<string, Part>): Policy {
  const own = Object.entries(targets[0]?.operations ?? {})
  const operations = [...new Set(own.flatMap(([, each]) => each))]
  const parts = own.flatMap(([id, each]) => {
    const part = all[id]
    return part === undefined ? [] : [{ id, part: each.length === operations.length ? part : only(part, each) }]
  })
  const [first] = parts.toSorted((a, b) => sizeOf(a.part) - sizeOf(b.part))
  return {
    name: `${name}-${first?.id}`,
    purpose: first?.part.purpose ?? '',
    resources: groupedBy(targets, ({ group }) => group)
      .map(of => ({ group: of[0]?.group ?? '', resources: of.map(({ resource }) => resource), operations })),
    ...contentOf(Object.fromEntries(parts.map(({ id, part }) => [id, part])))
  }
}

/** Limits the rules of a part to some operations. */
function only (part: Part, operations: Operation[]): Part {
  const when = `(request.operation in ${listOf(operations)})`
  return { ...part, rules: Object.fromEntries(Object.entries(part.rules).map(([id, rule]): [string, Rule] => [id, { ...rule, when }])) }
}

const sizeOf = ({ resources }: Part): number => resources.flatMap(({ resources }) => resources).length

function groupedBy<T> (items: T[], keyOf: (item: T) => string): T[][] {
  return [...new Set(items.map(keyOf))].map(key => items.filter(item => keyOf(item) === key))
}
