import { describe, expect, it } from 'vitest'
import type { TenantSpec } from '../../../src/api/tenant.ts'
import { desiredFor } from '../../../src/tenancy/desired/desired-state.ts'
import { defaultClass, tenant } from '../../support/objects.ts'

function problems (resource: string, amount: string, spec: Partial<TenantSpec> = {}) {
  const tenantClass = defaultClass(({ quotas, overrides }) => {
    Object.assign(quotas['tenant-objects'] ?? {}, { [resource]: amount })
    Object.assign(overrides?.quotas ?? {}, { 'tenant-objects': { [resource]: { max: '100' } } })
  })
  return desiredFor(tenant(spec), tenantClass, new Date(0)).problems
}

describe('a quota must have room for the objects of the Tenant itself', () => {
  it.each([
    ['count/networkpolicies.networking.k8s.io', 3],
    ['count/limitranges', 1],
    ['resourcequotas', 3],
    ['count/resourcequotas', 3],
    ['count/workloadpolicies.k8s-mtp.dev', 1],
    ['count/roles.rbac.authorization.k8s.io', 3],
    ['count/rolebindings.rbac.authorization.k8s.io', 3]
  ])('%s: %i', (resource, needed) => {
    expect(problems(resource, `${needed}`)).toBeUndefined()
    expect(problems(resource, `${needed - 1}`)).toEqual([{
      reason: 'ClassInvalid',
      path: ['spec', 'quotas', 'tenant-objects', resource],
      message: `${needed - 1} is too low for Tenant acme, whose own objects need ${needed}. Raise it to ${needed} or more`
    }])
  })

  it('even when the Tenant overrides it', () => {
    const resource = 'count/networkpolicies.networking.k8s.io'
    expect(problems(resource, '5', {
      quotas: { 'tenant-objects': { [resource]: '0' } }
    })).toMatchObject([{ reason: 'OverrideNotAllowed' }])
  })
})
