import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/kubernetes/object.ts'
import { cordon } from '../../../src/tenancy/children/cordon.ts'
import { looseTenant } from '../../support/contexts.ts'

const policy: KubernetesObject = {
  apiVersion: 'k8s-mtp.dev/v1',
  kind: 'WorkloadPolicy',
  metadata: { name: 'tenant-workloads', namespace: 'tenant-acme-shop' },
  spec: { cordoned: false, tenantName: 'acme' }
}
const cordoned = looseTenant({ name: 'shop', cordoned: true })

describe('cordoning a Tenant on hold', () => {
  it('sets the flag of its WorkloadPolicy, and changes nothing else', () => {
    expect(cordon(policy, cordoned)).toEqual({ ...policy, spec: { cordoned: true, tenantName: 'acme' } })
    expect(policy.spec).toEqual({ cordoned: false, tenantName: 'acme' })
  })

  it('sets the flag alone where the owners of the fields were reset', () => {
    const { spec, ...child } = policy
    expect(cordon(child as KubernetesObject, cordoned)).toEqual({ ...child, spec: { cordoned: true } })
  })

  it.each<[string, KubernetesObject]>([
    ['a policy of another name', { ...policy, metadata: { ...policy.metadata, name: 'other' } }],
    ['a policy in another namespace', { ...policy, metadata: { ...policy.metadata, namespace: 'tenant-globex-shop' } }],
    ['a policy of another group', { ...policy, apiVersion: 'example.com/v1' }],
    ['another kind', { ...policy, kind: 'TenantClass' }]
  ])('does not change %s', (_, child) => {
    expect(cordon(child, cordoned)).toBe(child)
  })

  it.each([
    ['not cordoned', { name: 'shop' }],
    ['uncordoned again', { name: 'shop', cordoned: false }],
    ['without a readable spec', null]
  ])('does not change the policy of a Tenant that is %s', (_, spec) => {
    const child = { ...policy, spec: { cordoned: true } }
    expect(cordon(child, looseTenant(spec))).toBe(child)
  })
})
