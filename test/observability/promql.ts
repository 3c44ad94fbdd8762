const keywords = new Set(['and', 'or', 'unless', 'bool', 'offset', 'atan2', 'inf', 'nan'])
const strings = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g
/** Lists of label names. */
const labelLists = /\{[^}]*\}|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi
const variables = /\$\w+/g
/** Ranges, subqueries and offsets. */
const durations = /\[[^\]]*\]|\b\d+(?:\.\d+)?(?:ms|[smhdwy])\b/g

/** Returns the names of the metrics that a PromQL expression queries, in order. It does not validate the expression. */
export function queriedNames (expr: string): string[] {
  const bare = [strings, labelLists, variables, durations].reduce((text, part) => text.replace(part, ' '), expr.replace(/#.*$/gm, ''))
  const words = [...bare.matchAll(/(?<![\w.:])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)].map(([word]) => word)
  const operators = /^(?:by|without|on|ignoring|group_left|group_right|sum|min|max|avg|count|group|topk|bottomk|quantile)$/
  return [...new Set(words.filter(word => !keywords.has(word.toLowerCase()) && !operators.test(word)))]
}
