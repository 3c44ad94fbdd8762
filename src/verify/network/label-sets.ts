import type { Fields } from '../../kubernetes/json.ts'
import { counterexampleOf, requirementsOf, selects, witnessOf, type Labels } from './selectors.ts'

/** Enough for nine keys with one value each. More combinations take minutes. */
export const maxLabelSets = 20_000

/** Labels that pods can have, as far as selectors tell them apart. */
export interface LabelSets {
  sets: Labels[]
  /** False where there are more combinations than are tried. */
  isComplete: boolean
}

/**
 * All label sets that some of the selectors tell apart: for each of their keys each value that they name, another value, and none. Where
 * that is too much, some sets for each selector and each of its requirements.
 */
export function labelSetsFor (selectors: readonly Fields[]): LabelSets {
  const values = valuesByKey(selectors)
  const count = values.reduce((product, [, some]) => product * some.length, 1)
  const isComplete = count <= maxLabelSets
  return { sets: alikeMerged(isComplete ? combinations(values) : samples(selectors), selectors), isComplete }
}

type Values = ReadonlyArray<readonly [key: string, values: ReadonlyArray<string | undefined>]>

function valuesByKey (selectors: readonly Fields[]): Values {
  const named = new Map<string, Set<string>>()
  for (const { key, values } of selectors.flatMap(requirementsOf)) {
    named.set(key, new Set([...named.get(key) ?? [], ...values]))
  }
  return [...named].map(([key, values]) => [key, [undefined, ...values, unlisted(values)]])
}

function unlisted (values: ReadonlySet<string>): string {
  let [value, count] = ['any', 1]
  while (values.has(value)) value = `any-${count++}`
  return value
}

function combinations (values: Values): Labels[] {
  return values.reduce<Labels[]>((sets, [key, some]) =>
    sets.flatMap(labels => some.map(value => value === undefined ? labels : { ...labels, [key]: value })), [{}])
}

/** With each pair of selectors, one that both select. */
function samples (selectors: readonly Fields[]): Labels[] {
  const chosen = selectors.flatMap(selector => [witnessOf(selector), ...counterexamples(selector)])
  const both = selectors.flatMap(a => selectors.map(b => witnessOf(a, witnessOf(b))))
  return [{}, ...chosen, ...both].filter(labels => labels !== undefined)
}

const counterexamples = (selector: Fields): Array<Labels | undefined> =>
  requirementsOf(selector).map(({ key, operator, values }) => counterexampleOf({ matchExpressions: [{ key, operator, values }] }))

/** One set for each set of selectors that select it: others are alike. Fewer labels come first. */
function alikeMerged (sets: readonly Labels[], selectors: readonly Fields[]): Labels[] {
  const bySelection = new Map<string, Labels>()
  for (const labels of [...sets].sort((a, b) => Object.keys(a).length - Object.keys(b).length)) {
    const key = selectors.map(selector => selects(selector, labels) ? '1' : '0').join('')
    if (!bySelection.has(key)) bySelection.set(key, labels)
  }
  return [...bySelection.values()]
}
