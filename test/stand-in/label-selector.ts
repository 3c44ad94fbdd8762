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

/**
 * Parses the syntax of kubectl: `app=x,tier!=back,zone in (a, b),zone notin (c),owner,!old`. Throws for other text, and for > and <,
 * which the stand-in does not support.
 */
export function parseLabelSelector (text: string): LabelSelector {
  const requirements = text.trim() === '' ? [] : text.split(/,(?![^(]*\))/)
  return { matchExpressions: requirements.map(requirement => parseRequirement(requirement.trim(), text)) }
}

const requirementSyntax = /^(!?)\s*([\w./-]+)(?:\s*(=|==|!=)\s*([\w.-]*)|\s+(in|notin)\s*\(([\w.,\s-]*)\))?$/

function parseRequirement (requirement: string, text: string): NonNullable<LabelSelector['matchExpressions']>[number] {
  const [, not, key = '', comparison, value = '', membership, list = ''] = requirementSyntax.exec(requirement) ?? []
  const isNegated = not === '!'
  if (key === '' || (isNegated && (comparison ?? membership) !== undefined)) throw new Error(`${text}: not a label selector that the stand-in supports`)
  if (comparison !== undefined) return { key, operator: comparison === '!=' ? 'NotIn' : 'In', values: [value] }
  if (membership !== undefined) return { key, operator: membership === 'in' ? 'In' : 'NotIn', values: list.split(',').map(each => each.trim()) }
  return { key, operator: isNegated ? 'DoesNotExist' : 'Exists' }
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
