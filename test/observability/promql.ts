const keywords = new Set(['and', 'or', 'unless', 'bool', 'offset', 'atan2', 'inf', 'nan'])
const strings = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g
/** Where names of labels stand, not of series. */
const labelLists = /\{[^}]*\}|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi
const variables = /\$\w+/g
/** Ranges, subqueries, and what an offset is followed by. */
const durations = /\[[^\]]*\]|\b\d+(?:\.\d+)?(?:ms|[smhdwy])\b/g

/** The names of the series that an expression of PromQL asks for, in order. That it parses is for promtool to say. */
export function queriedNames (expr: string): string[] {
  const bare = [strings, labelLists, variables, durations].reduce((text, part) => text.replace(part, ' '), expr.replace(/#.*$/gm, ''))
  const words = [...bare.matchAll(/(?<![\w.:])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)].map(([word]) => word)
  const operators = /^(?:by|without|on|ignoring|group_left|group_right|sum|min|max|avg|count|group|topk|bottomk|quantile)$/
  return [...new Set(words.filter(word => !keywords.has(word.toLowerCase()) && !operators.test(word)))]
}
