import { fieldsAt, listAt, textAt, type Fields } from '../../kubernetes/json.ts'

export type Labels = Readonly<Record<string, string>>

interface Requirement { key: string, operator: string, values: readonly string[] }

/** The requirements of a label selector; none select everything. */
export function requirementsOf (selector: Fields): Requirement[] {
  const labels = fieldsAt(selector, 'matchLabels')
  return [
    ...Object.keys(labels).map(key => ({ key, operator: 'In', values: [textAt(labels, key)] })),
    ...listAt(selector, 'matchExpressions').map(each => ({
      key: textAt(each, 'key'),
      operator: textAt(each, 'operator'),
      values: Array.isArray(each['values']) ? each['values'].map(String) : []
    }))
  ]
}

/** Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export function selects (selector: Fields, labels: Labels): boolean {
  return requirementsOf(selector).every(requirement => isMet(requirement, labels))
}

function isMet ({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value)
    case 'NotIn': return value === undefined || !values.includes(value)
    case 'Exists': return value !== undefined
    case 'DoesNotExist': return value === undefined
    // A selector of a later version selects nothing that is known.
    default: return false
  }
}

/** Labels that a selector selects, for a pod whose author may choose them; undefined where none are found. */
export function witnessOf (selector: Fields, others: Labels = {}): Labels | undefined {
  const labels: Record<string, string> = { ...others }
  const requirements = requirementsOf(selector)
  for (const { key, operator, values } of requirements) {
    const candidates = requirements.filter(each => each.key === key && each.operator === 'In').map(each => each.values)
    const refused = requirements.filter(each => each.key === key && each.operator === 'NotIn').flatMap(each => each.values)
    if (operator === 'In') {
      const common = values.find(value => candidates.every(list => list.includes(value)) && !refused.includes(value))
      if (common !== undefined) labels[key] = common
    } else if (operator === 'Exists' && !Object.hasOwn(labels, key)) {
      const value = ['any', 'other', 'third'].find(each => !refused.includes(each))
      if (value !== undefined) labels[key] = value
    }
  }
  return selects(selector, labels) ? labels : undefined
}

/** Labels that a selector does not select; undefined where it selects everything. */
export function counterexampleOf (selector: Fields): Labels | undefined {
  const [first] = requirementsOf(selector)
  if (first === undefined) return undefined
  const { key, operator, values } = first
  const [value = 'any'] = operator === 'NotIn' ? values : []
  const labels: Labels = operator === 'In' || operator === 'Exists' ? {} : { [key]: value }
  return selects(selector, labels) ? undefined : labels
}
