import { describe, expect, it } from 'vitest'
import { formatViolation } from '../../../src/api/validation/checker.ts'
import { effectivePods, nodePoolProblems } from '../../../src/tenancy/policy/effective-pods.ts'
import { defaultClass } from '../../support/objects.ts'

const tenantClass = defaultClass(spec => {
  spec.workloads.pods.nodeSelector = { pool: 'shared', os: 'linux' }
  spec.workloads.pods.tolerations = [{ key: 'shared' }]
  spec.overrides = { nodePools: { gpu: { nodeSelector: { pool: 'gpu' }, tolerations: [{ key: 'gpu' }] }, big: { nodeSelector: { pool: 'big' } } } }
})

describe('effectivePods', () => {
  it('are those of the class without a node pool', () => {
    expect(effectivePods({}, tenantClass)).toEqual(tenantClass.spec.workloads.pods)
  })

  it('have the nodeSelector of the pool, and its tolerations too', () => {
    expect(effectivePods({ nodePool: 'gpu' }, tenantClass)).toEqual({
      ...tenantClass.spec.workloads.pods, nodeSelector: { pool: 'gpu' }, tolerations: [{ key: 'shared' }, { key: 'gpu' }]
    })
    expect(effectivePods({ nodePool: 'big' }, tenantClass)).toMatchObject({ nodeSelector: { pool: 'big' }, tolerations: [{ key: 'shared' }] })
  })
})

describe('nodePoolProblems', () => {
  const advice = '. Change or remove the override, or ask the platform team to change spec.overrides.nodePools of the class'

  it('allow pools of the class, and none', () => {
    expect([{}, { nodePool: 'gpu' }, { nodePool: 'big' }].flatMap(own => nodePoolProblems(own, tenantClass))).toEqual([])
  })

  it.each(['arm', 'constructor', 'toString'])('refuse %s, and name those that exist', nodePool => {
    expect(nodePoolProblems({ nodePool }, tenantClass).map(formatViolation))
      .toEqual([`spec.nodePool: ${nodePool} is no node pool of TenantClass default: spec.overrides.nodePools lists big, gpu${advice}`])
    expect(nodePoolProblems({ nodePool }, defaultClass()).map(formatViolation))
      .toEqual([`spec.nodePool: ${nodePool} is no node pool of TenantClass default: spec.overrides.nodePools lists none${advice}`])
  })
})
