export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string, operator: string, values?: string[] }[]
}

type Labels = Record<string, string>

/** An absent or empty selector matches everything. */
export function selects (selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {}
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(expression => satisfies(labels[expression.key], expression))
}

export function isEmptySelector ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0
}

function satisfies (value: string | undefined, { operator, values = [] }: { operator: string, values?: string[] }): boolean {
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value)
    case 'NotIn': return value === undefined || !values.includes(value)
    case 'Exists': return value !== undefined
    case 'DoesNotExist': return value === undefined
    default: throw new Error(`a label selector has no operator ${operator}`)
  }
}
