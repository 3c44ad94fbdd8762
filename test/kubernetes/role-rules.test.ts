import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { commonRules, formatRule, mergedRules, readRules, rulesBeyond, rulesByResource } from '../../src/kubernetes/role-rules.ts'
import type { RoleRule } from '../../src/api/role-rule.ts'

const rule = (apiGroups: string[], resources: string[], verbs: string[], resourceNames?: string[]): RoleRule =>
  ({ apiGroups, resources, ...(resourceNames !== undefined && { resourceNames }), verbs })

describe('merging rules', () => {
  const cases: Array<[it: string, given: RoleRule[], merged: RoleRule[]]> = [
    ['no rules give no rules', [], []],
    [
      'resources with the same verbs share a rule',
      [rule([''], ['pods'], ['get']), rule([''], ['configmaps'], ['get'])],
      [rule([''], ['configmaps', 'pods'], ['get'])]
    ],
    [
      'verbs of one resource are merged, in the usual order',
      [rule([''], ['pods'], ['delete', 'list']), rule([''], ['pods'], ['get', 'list'])],
      [rule([''], ['pods'], ['get', 'list', 'delete'])]
    ],
    [
      'verbs of a single resource come last',
      [rule([''], ['serviceaccounts'], ['use', 'approve', 'watch'])],
      [rule([''], ['serviceaccounts'], ['watch', 'approve', 'use'])]
    ],
    [
      'groups stay separate',
      [rule(['', 'apps'], ['pods', 'deployments'], ['get'])],
      [rule([''], ['deployments', 'pods'], ['get']), rule(['apps'], ['deployments', 'pods'], ['get'])]
    ],
    [
      'a subresource is another resource',
      [rule([''], ['pods'], ['get']), rule([''], ['pods/log'], ['get', 'list'])],
      [rule([''], ['pods'], ['get']), rule([''], ['pods/log'], ['get', 'list'])]
    ],
    [
      'names are merged',
      [rule([''], ['secrets'], ['get'], ['b']), rule([''], ['secrets'], ['get'], ['a', 'b'])],
      [rule([''], ['secrets'], ['get'], ['a', 'b'])]
    ],
    [
      'a name is dropped where all objects are allowed',
      [rule([''], ['secrets'], ['get', 'update'], ['a']), rule([''], ['secrets'], ['get'])],
      [rule([''], ['secrets'], ['get']), rule([''], ['secrets'], ['update'], ['a'])]
    ],
    [
      'a name of one resource is not added to another',
      [rule([''], ['secrets'], ['get'], ['a']), rule([''], ['configmaps'], ['get'], ['b'])],
      [rule([''], ['configmaps'], ['get'], ['b']), rule([''], ['secrets'], ['get'], ['a'])]
    ]
  ]
  it.each(cases)('%s', (_, given, merged) => expect(mergedRules(given)).toEqual(merged))
})

const some = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 })
const anyRule: fc.Arbitrary<RoleRule> = fc.record({
  apiGroups: some('', 'apps', 'batch'),
  resources: some('pods', 'pods/log', 'jobs'),
  verbs: some('get', 'list', 'delete', 'approve'),
  resourceNames: fc.option(some('a', 'b'), { nil: undefined })
}).map(({ resourceNames, ...rest }) => resourceNames === undefined ? rest : { ...rest, resourceNames })

/** Decides as RBAC does: one rule must have the group, the resource, the verb and, if it lists names, the name. */
const allows = (rules: RoleRule[], group: string, resource: string, name: string, verb: string) => rules.some(rule =>
  rule.apiGroups.includes(group) && rule.resources.includes(resource) &&
  rule.verbs.includes(verb) && (rule.resourceNames?.includes(name) ?? true))

test('merged rules allow the same as the rules, in whatever order those are', () => {
  fc.assert(fc.property(fc.array(anyRule, { maxLength: 5 }), rules => {
    const merged = mergedRules(rules)
    expect(mergedRules(rules.toReversed())).toEqual(merged)
    expect(mergedRules(merged)).toEqual(merged)
    for (const group of ['', 'apps', 'batch']) {
      for (const resource of ['pods', 'pods/log', 'jobs']) {
        for (const name of ['a', 'b', 'c']) {
          for (const verb of ['get', 'list', 'delete', 'approve']) {
            expect(allows(merged, group, resource, name, verb))
              .toBe(allows(rules, group, resource, name, verb))
          }
        }
      }
    }
  }))
})

describe('rules against other rules', () => {
  const on = (resources: string[], verbs: string[], resourceNames?: string[]) =>
    ({ apiGroups: [''], resources, verbs, ...(resourceNames && { resourceNames }) })

  it.each<[string, RoleRule[], RoleRule[], RoleRule[], RoleRule[]]>([
    ['nothing in common', [on(['pods'], ['get'])], [on(['secrets'], ['get'])], [], [on(['pods'], ['get'])]],
    ['a part of verbs and resources', [on(['pods', 'secrets'], ['get', 'list'])], [on(['pods'], ['list', 'watch'])],
      [on(['pods'], ['list'])], [on(['pods'], ['get']), on(['secrets'], ['get', 'list'])]],
    ['all objects against one', [on(['pods'], ['get'])], [on(['pods'], ['get'], ['a'])], [on(['pods'], ['get'], ['a'])], [on(['pods'], ['get'])]],
    ['one object against all', [on(['pods'], ['get'], ['a'])], [on(['pods'], ['get'])], [on(['pods'], ['get'], ['a'])], []],
    ['wildcards, which grant themselves only', [on(['pods'], ['get'])], [on(['*'], ['*'])], [], [on(['pods'], ['get'])]]
  ])('%s', (_, a, b, common, beyond) => {
    expect(commonRules(a, b)).toEqual(common)
    expect(commonRules(b, a)).toEqual(common)
    expect(rulesBeyond(a, b)).toEqual(beyond)
  })

  it('are split by resource', () => {
    expect(rulesByResource([on(['secrets', 'pods'], ['list', 'get'])])).toEqual([on(['pods'], ['get', 'list']), on(['secrets'], ['get', 'list'])])
  })

  it('are read from objects of any shape', () => {
    expect(readRules([{ apiGroups: [''], resources: ['pods', 1], verbs: 'get' }, null, 'x', { nonResourceURLs: ['/'] }]))
      .toEqual([on(['pods'], []), { apiGroups: [], resources: [], verbs: [] }])
    for (const value of [undefined, null, {}, 'x']) expect(readRules(value)).toEqual([])
  })

  it('are formatted for messages', () => {
    expect(formatRule(on(['pods'], ['get', 'list']))).toBe('get, list pods')
    expect(formatRule({ ...on(['widgets'], ['get'], ['a', 'b']), apiGroups: ['x.example'] })).toBe('get widgets.x.example (only a, b)')
  })
})
