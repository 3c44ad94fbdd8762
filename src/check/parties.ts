import { defaultParties, type Parties } from '../guardrails/guardrail.ts'
import { guardrailManifests } from '../guardrails/admission-policy.ts'
import { allGuardrails } from '../guardrails/all-guardrails.ts'
import { isFields } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'

/** Text that occurs in no guardrail. Where it is in a generated policy, the installed one has the real value. */
const unknown: Parties = {
  engine: 'system:serviceaccount:unknown-namespace:unknown-account',
  breakGlass: ['unknown-group'],
  podSecurity: ['unknown-level' as 'restricted'],
  platformNamespaces: ['unknown-platform']
}

type Party = keyof Parties

/** How values look in CEL, by the text in their place. */
const patterns: Record<Party, { text: string, value: string }> = {
  engine: { text: `'${unknown.engine}'`, value: "'(system:serviceaccount:[^:']+:[^:']+)'" },
  breakGlass: { text: "['unknown-group']", value: '\\[([^\\]]*)\\]' },
  podSecurity: { text: "['unknown-level']", value: '\\[([^\\]]*)\\]' },
  platformNamespaces: { text: "['unknown-platform']", value: '\\[([^\\]]*)\\]' }
}

/**
 * Reads the parties that installed guardrails name: in each expression in which a generated one has a party, at the same
 * place. The value of most expressions counts, so that a policy that was changed by hand is found by comparison.
 */
export function readParties (policies: readonly ObservedObject[]): Parties {
  const installed = new Map(policies.map(policy => [policy.metadata.name, policy]))
  const texts = allGuardrails(unknown).flatMap(guardrail => guardrailManifests(guardrail))
    .flatMap(({ metadata, spec }) => sameTexts(spec, installed.get(metadata.name)?.['spec']))
  const found = (party: Party) => mostOften(texts.flatMap(([expected, observed]) => valueIn(expected, observed, party) ?? []))
  const listOf = <P extends Exclude<Party, 'engine'>>(party: P): Parties[P] =>
    textsIn(found(party)) as Parties[P] | undefined ?? defaultParties[party]
  return {
    engine: found('engine') ?? defaultParties.engine,
    breakGlass: listOf('breakGlass'),
    podSecurity: listOf('podSecurity'),
    platformNamespaces: listOf('platformNamespaces')
  }
}

/** The pairs of texts at the same path. */
function sameTexts (expected: unknown, observed: unknown): Array<[expected: string, observed: string]> {
  if (typeof expected === 'string') return typeof observed === 'string' ? [[expected, observed]] : []
  if (Array.isArray(expected) && Array.isArray(observed)) return expected.flatMap((item, index) => sameTexts(item, observed[index]))
  if (!isFields(expected) || !isFields(observed)) return []
  return Object.entries(expected).flatMap(([field, value]) => sameTexts(value, observed[field]))
}

/** The first place of the party is captured; it and the others have any text in all other places. */
function valueIn (expected: string, observed: string, party: Party): string | undefined {
  const { text, value } = patterns[party]
  const start = expected.indexOf(text)
  if (start < 0) return undefined
  const pattern = `${anyParty(expected.slice(0, start))}${value}${anyParty(expected.slice(start + text.length))}`
  return new RegExp(`^${pattern}$`, 's').exec(observed)?.[1]
}

const anyValue = /(?:system:serviceaccount:unknown-namespace:)?unknown-account|unknown-namespace|'?unknown-(?:group|level|platform)'?/

function anyParty (text: string): string {
  return text.split(anyValue).map(part => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('.*?')
}

function textsIn (list: string | undefined): string[] | undefined {
  return list === undefined ? undefined : [...list.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'))
}

function mostOften (values: readonly string[] = []): string | undefined {
  const count = (value: string) => values.filter(other => other === value).length
  return [...values].sort((a, b) => count(b) - count(a))[0]
}
