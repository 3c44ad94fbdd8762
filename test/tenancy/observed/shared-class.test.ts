import { describe, expect, it } from 'vitest'
import type { TenantClass } from '../../../src/api/tenant-class.ts'
import { sync } from '../../../src/hook/sync.ts'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import { sharedClass } from '../../../src/tenancy/observed/shared-class.ts'
import { effectiveLimits } from '../../../src/tenancy/policy/effective-limits.ts'
import { effectiveQuotas } from '../../../src/tenancy/policy/effective-quotas.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { now, settled, syncRequest } from '../../support/requests.ts'

type Change = Parameters<typeof defaultClass>[0]

function stored (resourceVersion: string, change?: Change, uid = 'uid-of-default'): ObservedObject {
  const tenantClass = defaultClass(change)
  return { ...tenantClass, metadata: { ...tenantClass.metadata, uid, resourceVersion } }
}

const looser: Change = spec => { Object.assign(spec.quotas['tenant-quota'] ?? {}, { pods: '5000' }) }

describe('classes are shared', () => {
  it('by version, where they are equal', () => {
    const first = sharedClass(stored('1'))
    expect(sharedClass(stored('1'))).toBe(first)
    expect(sharedClass(stored('2'))).not.toBe(first)
    expect(sharedClass(stored('1'))).toBe(first)
  })

  it('with their content only: labels and field owners are no part of it', () => {
    const observed = stored('3')
    const shared = sharedClass({ ...observed, metadata: { ...observed.metadata, labels: { a: 'b' }, managedFields: [] }, status: {} })
    const { apiVersion, kind, metadata: { name }, spec } = observed
    expect(shared).toStrictEqual({ apiVersion, kind, metadata: { name }, spec })
  })

  it('and cannot change, as other requests read them', () => {
    const shared = sharedClass(stored('6')) as TenantClass & ObservedObject
    expect(() => { Object.assign(shared.spec.quotas['tenant-quota'] ?? {}, { pods: '5000' }) }).toThrow(TypeError)
    expect(() => { Object.assign(effectiveQuotas({}, shared)['tenant-quota'] ?? {}, { pods: '5000' }) }).toThrow(TypeError)
    expect(() => { Object.assign(effectiveLimits({}, shared)[0] ?? {}, { type: 'Pod' }) }).toThrow(TypeError)
  })

  it('without a spec as such', () => {
    const { spec, ...others } = stored('4')
    expect(Object.keys(sharedClass(others as ObservedObject))).toEqual(['apiVersion', 'kind', 'metadata'])
  })

  it('never where another class has their version', () => {
    const first = sharedClass(stored('5'))
    const forged = sharedClass(stored('5', looser))
    expect(forged['spec']).toEqual(stored('5', looser)['spec'])
    expect(sharedClass(stored('5'))).toStrictEqual(first)
  })

  it('within bounds: those used last stay', () => {
    const used = sharedClass(stored('used'))
    for (let version = 0; version < 200; version++) {
      sharedClass(stored(`other ${version}`))
      if (version % 20 === 0) expect(sharedClass(stored('used'))).toBe(used)
    }
    const oldest = sharedClass(stored('other 0'))
    expect(sharedClass(stored('other 0'))).toBe(oldest)
    const large = (): ObservedObject => ({ ...stored('large'), spec: { description: 'x'.repeat(2 ** 20) } })
    expect(sharedClass(large())).not.toBe(sharedClass(large()))
    expect(sharedClass(stored('used'))).toBe(used)
  })
})

describe('a caller with the credential of the hook', () => {
  const { world } = settled({ tenant: tenant(), classes: [defaultClass()] })
  const response = (observed: unknown) => sync(syncRequest({ ...world, classes: [observed as TenantClass] }), now).response
  const expected = { true: response(stored('never seen before')), forged: response(stored('never seen either', looser)) }

  it('gets another response for another class', () => { expect(expected.forged).not.toEqual(expected.true) })

  it.each(['first', 'after the true one'])('cannot change what other requests get by a forged class, sent %s', order => {
    const version = `forged ${order}`
    if (order !== 'first') expect(response(stored(version))).toEqual(expected.true)
    expect(response(stored(version, looser))).toEqual(expected.forged)
    expect(response(stored(version))).toEqual(expected.true)
    expect(response(stored(version, looser))).toEqual(expected.forged)
  })

  it('cannot hide an invalid class behind a valid one, nor the reverse', () => {
    const invalid: Change = spec => { Object.assign(spec.quotas['tenant-quota'] ?? {}, { pods: '-1' }) }
    for (const change of [undefined, invalid, undefined, invalid]) {
      expect(response(stored('6', change)).status.phase).toBe(change === undefined ? 'Active' : 'Blocked')
    }
  })

  it('cannot pass fields of prototypes for fields of the class', () => {
    const polluted = JSON.parse(JSON.stringify(stored('7')).replace('"quotas":', '"__proto__":{"quotas":{}},"quotas":')) as ObservedObject
    expect(response(polluted)).toEqual(response(stored('7')))
    const inherited = JSON.parse(JSON.stringify(stored('8')).replace('"quotas":', '"__proto__":')) as ObservedObject
    expect(response(inherited).status.phase).toBe('Blocked')
    expect(response(stored('8')).status.phase).toBe('Active')
  })
})
