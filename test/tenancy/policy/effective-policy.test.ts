import { describe, expect, it } from 'vitest'
import { effectivePolicy } from '../../../src/tenancy/policy/effective-policy.ts'
import { defaultClass, tenant } from '../../support/objects.ts'

describe('the effective policy of a Tenant', () => {
  it('has what its class says, with limits as the API server stores them', () => {
    const tenantClass = defaultClass(spec => { spec.limits = [{ type: 'Container', max: { cpu: 2 } }] })
    const { policy } = effectivePolicy(tenant().spec, tenantClass, 'acme')
    expect(policy).toMatchObject({
      className: 'default',
      limits: [{ type: 'Container', max: { cpu: '2' }, default: { cpu: '2' }, defaultRequest: { cpu: '2' } }],
      podSecurity: tenantClass.spec.podSecurity,
      network: tenantClass.spec.network,
      workloads: tenantClass.spec.workloads
    })
    const { admin, operator, viewer } = tenantClass.spec.roles
    expect(policy?.roles.map(({ name, rules }) => [name, rules])).toEqual(Object.entries({ admin, operator, viewer }).map(([name, { rules }]) => [name, rules]))
  })

  it('has the further roles of its class after the others, by name', () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
    const { policy } = effectivePolicy(tenant().spec, defaultClass(spec => { spec.additionalRoles = { deployer: { rules }, auditor: { rules } } }), 'acme')
    expect(policy?.roles.map(({ name }) => name)).toEqual(['admin', 'operator', 'viewer', 'auditor', 'deployer'])
    expect(policy?.roles.at(-1)?.rules).toBe(rules)
  })

  it.each<[string, string[], string]>([
    ['that has none', [], 'TenantClass default has no role auditor under spec.additionalRoles (none)'],
    ['that has others', ['deployer', 'b'], 'TenantClass default has no role auditor under spec.additionalRoles (b, deployer)']
  ])('does not exist for a role of the Tenant under a class %s', (_, names, message) => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
    const tenantClass = defaultClass(spec => { if (names.length > 0) spec.additionalRoles = Object.fromEntries(names.map(name => [name, { rules }])) })
    expect(effectivePolicy(tenant({ roles: { auditor: [] } }).spec, tenantClass, 'acme').problems).toEqual([{
      reason: 'SpecInvalid',
      rule: 'unknown-role',
      path: ['spec', 'roles', 'auditor'],
      message: `${message}. Remove or correct the role, or ask the platform team to add it to the class`
    }])
  })

  it.each(['constructor', 'toString', 'hasOwnProperty'])('does not take the inherited %s for a role', name => {
    const problems = effectivePolicy(tenant({ roles: { [name]: [] } }).spec, defaultClass(), 'acme').problems
    expect(problems?.map(({ path }) => path.join('.'))).toEqual([`spec.roles.${name}`])
  })

  it('has no namespace metadata where the class has none', () => {
    expect(effectivePolicy(tenant().spec, defaultClass(), 'acme').policy?.namespaceMetadata).toEqual({})
  })

  it('has the overrides of the Tenant', () => {
    const { policy } = effectivePolicy(tenant({ quotas: { 'tenant-quota': { pods: 30 } } }).spec, defaultClass(), 'acme')
    expect(policy?.quotas['tenant-quota']).toMatchObject({ pods: '30', cpu: '500m' })
  })

  it('does not exist where quotas and limits have problems, and lists all of them', () => {
    const tenantClass = defaultClass(spec => {
      spec.quotas['tenant-quota'] = { ...spec.quotas['tenant-quota'], pods: 'many' }
      spec.limits = [{ type: 'Container' }, { type: 'Pod', max: { cpu: 'x' } }]
    })
    const { policy, problems } = effectivePolicy(tenant({ quotas: { 'tenant-quota': { pods: 1000 } } }).spec, tenantClass, 'acme')
    expect(policy).toBeUndefined()
    expect(problems?.map(({ reason, path }) => [reason, path.join('.')])).toEqual([
      ['ClassInvalid', 'spec.quotas.tenant-quota.pods'],
      ['OverrideNotAllowed', 'spec.quotas.tenant-quota.pods'],
      ['ClassInvalid', 'spec.limits.1.max.cpu']
    ])
  })
})
