/**
 * The variables of all parts of a policy.
 * @throws if parts mean different things by the same name
 */
export function joinedVariables (all: ReadonlyArray<Record<string, string>>): Record<string, string> {
  return all.reduce((known, variables) => {
    const conflict = Object.keys(variables).find(name => (known[name] ?? variables[name]) !== variables[name])
    if (conflict !== undefined) throw new Error(`two parts have a variable ${conflict}`)
    return { ...known, ...variables }
  }, {})
}
