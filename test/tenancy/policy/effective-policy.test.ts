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
    expect(policy?.roles.viewer).toBe(tenantClass.spec.roles.viewer.rules)
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
