import { describe, expect, it } from 'vitest'
import { labels } from '../../src/api/group.ts'
import { allDefaults } from '../../src/defaults/all-defaults.ts'
import { guardrailManifests, policiesOf } from '../../src/guardrails/admission-policy.ts'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import { engine } from '../../src/guardrails/engine/engine.ts'
import { quoted } from '../../src/guardrails/cel.ts'
import { merge } from '../../src/guardrails/merge.ts'
import { namespacedChildren } from '../../src/guardrails/resource-rules.ts'
import { split } from '../../src/guardrails/split.ts'
import { defaultParties, type Guardrail, type ResourceRule } from '../../src/guardrails/guardrail.ts'

const requestsOf = (rules: ResourceRule[]) => rules.flatMap(({ group, resources, operations }) =>
  resources.flatMap(resource => operations.map(operation => `${operation} ${group}/${resource}`)))

describe('guardrails', () => {
  const guardrails = allGuardrails(defaultParties)

  it('have unique names', () => {
    const names = guardrails.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('refuse requests that cannot be evaluated, unless they only warn', () => {
    for (const guardrail of guardrails) {
      const manifests = guardrailManifests(guardrail)
      for (const { name } of policiesOf(guardrail)) {
        const policy = manifests.find(({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && metadata.name === name)
        expect(policy).toHaveProperty('spec.failurePolicy', guardrail.action === 'Warn' ? 'Ignore' : 'Fail')
        const actions = manifests.flatMap(({ spec }) => 'policyName' in spec && spec.policyName === name ? [spec.validationActions] : [])
        expect(actions).not.toEqual([])
        expect(actions.flat()).toEqual(actions.map(() => guardrail.action ?? 'Deny'))
      }
    }
  })

  it('have no part for requests that their policy does not match', () => {
    const merged = guardrails.filter(({ parts }) => parts !== undefined)
    expect(merged).not.toEqual([])
    for (const { resources, parts = {} } of merged) {
      if (resources.some(({ group }) => group === '*')) continue
      const matched = requestsOf(resources)
      expect(Object.values(parts).flatMap(part => requestsOf(part.resources)).filter(each => !matched.includes(each))).toEqual([])
    }
  })

  it('apply each rule to all requests of its part and to no others, in exactly one of several policies', () => {
    const several = guardrails.filter(({ policies }) => policies !== undefined)
    expect(several).not.toEqual([])
    for (const { parts = {}, policies = [] } of several) {
      for (const [prefix, part] of Object.entries(parts).filter(([, { resources }]) => !resources.some(({ group }) => group === '*'))) {
        for (const id of Object.keys(part.rules)) {
          const applied = policies.flatMap(({ resources, rules }) => {
            const rule = rules[`${prefix}-${id}`]
            return rule === undefined ? [] : requestsOf(resources).filter(request => rule.when?.includes(`'${request.split(' ')[0]}'`) ?? true)
          })
          expect(applied.toSorted()).toEqual(requestsOf(part.resources).toSorted())
        }
      }
      const [others, specific] = [policies.at(-1) ?? expect.fail(), policies.slice(0, -1)]
      expect(requestsOf(others.exceptResources ?? []).toSorted()).toEqual(specific.flatMap(({ resources }) => requestsOf(resources)).toSorted())
    }
  })

  it('need no WorkloadPolicy for the objects that a Tenant has before it: the API server looks for it before all conditions', () => {
    const created = requestsOf(namespacedChildren(['CREATE']))
    const forThese = [...guardrails, ...allDefaults(defaultParties)]
      .filter(({ hasParameter = false, resources }) => hasParameter && requestsOf(resources).some(request => created.includes(request)))
    expect(forThese.map(({ name }) => name)).toContain('k8s-mtp-narrowed-rules')
    expect(forThese.filter(({ exceptLabel }) => exceptLabel !== labels.tenant)).toEqual([])
  })

  it('know only the configured engine, groups, Pod Security Standards and platform namespaces', () => {
    const parties = {
      engine: 'system:serviceaccount:other:engine', breakGlass: ['sre', 'fire-brigade'], podSecurity: ['restricted'], platformNamespaces: ['tools']
    } as const
    const text = JSON.stringify(allGuardrails(parties))
    expect(text).toContain('system:serviceaccount:other:engine')
    expect(text).toContain("['sre', 'fire-brigade']")
    expect(text).toContain('sre or fire-brigade')
    expect(text).not.toContain(defaultParties.engine)
    expect(text).not.toContain('k8s-mtp:break-glass')
    expect(text).not.toContain('k8s-mtp-system')
  })
})

it('guards the tokens of each ServiceAccount that a guardrail names, except those that cloud controller managers request', () => {
  const accountsIn = (value: unknown) => new Set(JSON.stringify(value).match(/system:serviceaccount:[a-z-]+:[a-z-]+/g))
  const policies = allGuardrails(defaultParties).flatMap(guardrailManifests)
  const guarded = accountsIn(policies.filter(({ metadata }) => metadata.name === 'k8s-mtp-exempt-tokens'))
  expect([...accountsIn(policies)].filter(account => !guarded.has(account))).toEqual(['system:serviceaccount:kube-system:node-controller'])
})

it('evaluates no message when Metacontroller creates an object, as each of these costs as much as a rule', () => {
  const policies = guardrailManifests(engine(defaultParties)).filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
  const messages = JSON.stringify(policies).match(/"messageExpression":"[^"]+/g) ?? []
  expect(messages.filter(message => !message.startsWith('"messageExpression":"(request.operation in [\'UPDATE\']) ? '))).toEqual([])
})

it('reads braces in the names of groups as text', () => {
  const policies = allGuardrails({ ...defaultParties, breakGlass: ['{object.kind}'] }).flatMap(guardrailManifests)
  const messages = JSON.stringify(policies).match(/act as a member of [^"]+/g)
  expect(new Set(messages)).toEqual(new Set(
    ['act as a member of {object.kind}', "act as a member of {object.kind}'", "act as a member of {object.kind}' : ''"]
  ))
})

describe('a policy', () => {
  const guardrail: Guardrail = {
    name: 'test',
    purpose: 'A test.',
    resources: [{ group: '', resources: ['pods'], operations: ['CREATE', 'DELETE'] }],
    variables: { first: 'object.a', second: 'variables.first', unused: 'object.b', secondary: 'object.c' },
    rules: {
      fixed: { refuses: 'pods', expression: 'variables.second\n  == 1', message: "it's wrong" },
      computed: { refuses: 'pods', expression: 'true', message: "it's {object.metadata.name}{object.kind}" }
    }
  }
  const [policy, ...bindings] = guardrailManifests(guardrail)

  it('has only variables that its rules use, directly or by way of others', () => {
    expect(policy).toHaveProperty('spec.variables', [
      { name: 'first', expression: 'object.a' },
      { name: 'second', expression: 'variables.first' }
    ])
  })

  it('has each expression in one line, and CEL for messages with parts in braces', () => {
    expect(policy).toHaveProperty('spec.validations', [
      { expression: 'variables.second == 1', message: "it's wrong", reason: 'Forbidden' },
      { expression: 'true', messageExpression: "'it\\'s ' + object.metadata.name + object.kind", reason: 'Forbidden' }
    ])
  })

  it('evaluates rule and message of a part only for its requests', () => {
    const { resources, rules, variables = {} } = guardrail
    const parts = {
      one: { purpose: 'One.', resources, variables, rules },
      two: {
        purpose: 'Two.',
        resources: [{ group: 'apps', resources: ['deployments', 'deployments/scale'], operations: ['UPDATE' as const] }],
        condition: { expression: 'variables.isLarge' },
        variables: { isLarge: 'object.size > 2' },
        rules: { only: { refuses: 'all', expression: 'false', message: 'no {object.kind}' } }
      }
    }
    const merged = merge({ name: 'test', purpose: 'Both.', resources }, parts)
    expect(Object.keys(merged.rules)).toEqual(['one-fixed', 'one-computed', 'two-only'])
    const [policy] = guardrailManifests(merged)
    expect(policy).toHaveProperty('spec.validations.0.expression', '!variables.isForOne || (variables.second == 1)')
    expect(policy).toHaveProperty('spec.validations.2', {
      expression: '!variables.isForTwo || (false)', messageExpression: "variables.isForTwo ? 'no ' + object.kind : ''", reason: 'Forbidden'
    })
    expect(policy).toHaveProperty('spec.variables', expect.arrayContaining([
      { name: 'isForOne', expression: "((request.operation in ['CREATE', 'DELETE'] && variables.target in ['/pods']))" },
      {
        name: 'isForTwo',
        expression: "((request.operation in ['UPDATE'] && variables.target in ['apps/deployments', 'apps/deployments/scale'])) && (variables.isLarge)"
      }
    ]))
    const other = { ...parts.two, variables: { second: 'other' } }
    expect(() => merge({ name: 'test', purpose: 'Both.', resources }, { one: parts.one, other })).toThrow('second')
  })

  it('is for all resources with the same parts, and has no rules of others', () => {
    const part = (resources: ResourceRule[], id: string) => ({ purpose: `Of ${id}.`, resources, rules: { [id]: { refuses: 'all', expression: `'${id}' == ''`, message: 'no {object.kind}' } } })
    const pods: ResourceRule = { group: '', resources: ['pods', 'services'], operations: ['CREATE', 'DELETE'] }
    const services: ResourceRule = { group: '', resources: ['services'], operations: ['CREATE'] }
    const all: ResourceRule[] = [{ group: '*', resources: ['*/*'], operations: ['CREATE', 'UPDATE', 'DELETE'] }]
    const made = split({ name: 'test', purpose: 'All.', resources: all }, { rest: part(all, 'a') }, { pods: part([pods], 'b'), services: part([services], 'c') })
    expect(Object.keys(made.rules)).toEqual(['rest-a', 'pods-b', 'services-c'])
    const policies = guardrailManifests(made).filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
    expect(policies.map(({ metadata }) => metadata.name)).toEqual(['test-pods', 'test-services', 'test'])
    const resource = (name: string) => ({ apiGroups: [''], apiVersions: ['*'], operations: ['CREATE', 'DELETE'], resources: [name] })
    expect(policies.map(({ spec }) => 'matchConstraints' in spec ? spec.matchConstraints : {})).toMatchObject([
      { resourceRules: [resource('pods')] }, { resourceRules: [resource('services')] }, { excludeResourceRules: [resource('pods'), resource('services')] }
    ])
    expect(policies.map(({ spec }) => 'validations' in spec ? spec.validations.map(({ expression }) => expression) : [])).toEqual([
      ["'b' == ''"], ["'b' == ''", "!(request.operation in ['CREATE']) || ('c' == '')"], ["'a' == ''"]
    ])
  })

  it('is limited to namespaces by label and by name', () => {
    const [limited] = guardrailManifests({ ...guardrail, namespaceLabel: 'team', namespaces: ['a', 'b'] })
    expect(policy).not.toHaveProperty('spec.matchConstraints.namespaceSelector')
    expect(limited).toHaveProperty('spec.matchConstraints.namespaceSelector.matchExpressions', [
      { key: 'team', operator: 'Exists' },
      { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['a', 'b'] }
    ])
  })

  it('is not for objects with a label', () => {
    const [limited] = guardrailManifests({ ...guardrail, exceptLabel: 'team' })
    expect(policy).not.toHaveProperty('spec.matchConstraints.objectSelector')
    expect(limited).toHaveProperty('spec.matchConstraints.objectSelector.matchExpressions', [{ key: 'team', operator: 'DoesNotExist' }])
  })

  it('has one binding without a parameter', () => {
    expect(bindings).toHaveLength(1)
  })

  it('has a binding for each operation that a missing parameter decides', () => {
    const [, ...bindings] = guardrailManifests({ ...guardrail, hasParameter: true })
    expect(bindings.map(({ metadata, spec }) => [metadata.name, spec])).toEqual([['test-create', expect.objectContaining({
      paramRef: { name: 'tenant-workloads', parameterNotFoundAction: 'Deny' },
      matchResources: {
        matchPolicy: 'Equivalent',
        resourceRules: [{ apiGroups: [''], apiVersions: ['*'], operations: ['CREATE'], resources: ['pods'] }]
      }
    })]])
  })
})

it.each([["it's", "'it\\'s'"], ['a\\b', "'a\\\\b'"], ["\\'", "'\\\\\\''"]])('quotes the text %s for CEL', (text, cel) => {
  expect(quoted(text)).toBe(cel)
})
