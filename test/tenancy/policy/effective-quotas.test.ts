import { describe, expect, it } from 'vitest'
import type { Bound } from '../../../src/api/bound.ts'
import type { TenantClassSpec } from '../../../src/api/tenant-class.ts'
import type { TenantSpec } from '../../../src/api/tenant.ts'
import { formatPath } from '../../../src/api/validation/checker.ts'
import { effectiveQuotas, quotaProblems } from '../../../src/tenancy/policy/effective-quotas.ts'
import { defaultClass, tenant } from '../../support/objects.ts'

type Quotas = TenantClassSpec['quotas']
type Bounds = Record<string, Record<string, Bound>>
/** A literal `{ constructor: ... }` has the type of the inherited field. */
const constructorQuota = <T>(amounts: T) => ({ ['constructor' as string]: amounts })

const classWith = (quotas: Quotas, bounds: Bounds = {}) => defaultClass(spec => {
  spec.quotas = quotas
  spec.overrides = { quotas: bounds }
})

describe('effectiveQuotas', () => {
  it.each<[string, Quotas, TenantSpec['quotas'], object]>([
    [
      'has the amounts of the class as the API server stores them',
      { a: { cpu: '1000m', pods: 5 } },
      undefined,
      { a: { cpu: '1', pods: '5' } }
    ],
    [
      'replaces the overridden amounts only',
      { a: { cpu: '1', pods: 5 } },
      { a: { cpu: '2500m' } },
      { a: { cpu: '2500m', pods: '5' } }
    ],
    [
      'leaves other quotas unchanged',
      { a: { cpu: '1' }, b: { cpu: '1' } },
      { a: { cpu: '2' } },
      { a: { cpu: '2' }, b: { cpu: '1' } }
    ],
    ['adds no quota that the class does not have', { a: { cpu: '1' } }, { b: { cpu: '2' } }, { a: { cpu: '1' } }],
    ['takes no override of an inherited field', constructorQuota({ cpu: '1' }), {}, constructorQuota({ cpu: '1' })],
    [
      'overrides a quota that is called constructor',
      constructorQuota({ cpu: '1' }),
      constructorQuota({ cpu: '2' }),
      constructorQuota({ cpu: '2' })
    ]
  ])('%s', (_, quotas, overrides, expected) => {
    expect(effectiveQuotas(tenant(overrides === undefined ? {} : { quotas: overrides }).spec, classWith(quotas)))
      .toEqual(expected)
  })

  it('sorts the quotas by name', () => {
    expect(Object.keys(effectiveQuotas(tenant().spec, classWith({
      c: { pods: 1 },
      a: { pods: 1 },
      b: { pods: 1 }
    })))).toEqual(['a', 'b', 'c'])
  })
})

describe('quotaProblems', () => {
  const quotas: Quotas = { compute: { cpu: '1', pods: 20 }, ...constructorQuota({ pods: 1 }) }
  const problems = (overrides: TenantSpec['quotas'], bounds: Bounds = {}, classQuotas: Quotas = quotas) =>
    quotaProblems(tenant(overrides === undefined ? {} : { quotas: overrides }).spec, classWith(classQuotas, bounds))
      .map(({ reason, path, message }) => `${reason} ${formatPath(path)}: ${message.split('. ')[0]}`)

  it.each<[string, TenantSpec['quotas'], Bounds, string[]]>([
    ['allows what is not overridden', undefined, {}, []],
    ['allows an override at the maximum', { compute: { cpu: '2' } }, { compute: { cpu: { max: '2000m' } } }, []],
    ['allows an override at the minimum', { compute: { cpu: '100m' } }, { compute: { cpu: { min: '0.1' } } }, []],
    ['allows any higher amount without a maximum', { compute: { cpu: '99999' } }, { compute: { cpu: { min: 1 } } }, []],
    [
      'refuses an override just above the maximum',
      { compute: { cpu: '2001m' } },
      { compute: { cpu: { max: 2 } } },
      ['OverrideNotAllowed spec.quotas.compute.cpu: 2001m exceeds the maximum 2 of TenantClass default']
    ],
    [
      'refuses an override just below the minimum',
      { compute: { cpu: '99m' } },
      { compute: { cpu: { min: '100m' } } },
      ['OverrideNotAllowed spec.quotas.compute.cpu: 99m is below the minimum 100m of TenantClass default']
    ],
    [
      'refuses an override without a bound, even of the same amount',
      { compute: { pods: 20 } },
      { compute: { cpu: { max: 2 } } },
      ['OverrideNotAllowed spec.quotas.compute.pods: cannot be overridden under TenantClass default']
    ],
    [
      'refuses an override of a quota that does not exist',
      { ghost: { pods: 1 } },
      {},
      ['OverrideNotAllowed spec.quotas.ghost.pods: cannot be overridden under TenantClass default']
    ],
    [
      'refuses an override of a quota that is called constructor',
      constructorQuota({ pods: 2 }),
      {},
      ['OverrideNotAllowed spec.quotas.constructor.pods: cannot be overridden under TenantClass default']
    ],
    [
      'reports an invalid override, and not its bounds as well',
      { compute: { pods: 'many', cpu: '99' } },
      { compute: { cpu: { max: 2 } } },
      ['SpecInvalid spec.quotas.compute.pods: "many" is not a quantity']
    ],
    [
      'reports a negative override as invalid',
      { compute: { cpu: '-1' } },
      { compute: { cpu: { max: 2 } } },
      ['SpecInvalid spec.quotas.compute.cpu: must not be negative, but is -1']
    ],
    ['reports a bound that is no quantity, whether it is used or not', undefined, {
      compute: { cpu: { min: 'x', max: 'y' } }
    }, [
      'ClassInvalid spec.overrides.quotas.compute.cpu: x is not a quantity',
      'ClassInvalid spec.overrides.quotas.compute.cpu: y is not a quantity'
    ]],
    [
      'reports a minimum above its maximum',
      undefined,
      { compute: { cpu: { min: '1001m', max: 1 } } },
      ['ClassInvalid spec.overrides.quotas.compute.cpu: min 1001m exceeds max 1']
    ],
    ['allows a minimum at its maximum', undefined, { compute: { cpu: { min: '1000m', max: 1 } } }, []],
    [
      'reports a bound of a resource that the quota does not have',
      undefined,
      { compute: { memory: { max: '1Gi' } } },
      ['ClassInvalid spec.overrides.quotas.compute.memory: bounds a resource that quota compute does not have']
    ],
    [
      'reports a bound of a quota that does not exist',
      undefined,
      { toString: { pods: { max: 1 } } } as unknown as Bounds,
      ['ClassInvalid spec.overrides.quotas.toString.pods: bounds a resource that quota toString does not have']
    ]
  ])('%s', (_, overrides, bounds, expected) => {
    expect(problems(overrides, bounds)).toEqual(expected)
  })

  it('reports invalid amounts of the class together with refused overrides', () => {
    expect(problems({ compute: { cpu: 5 } }, {}, { compute: { cpu: 'half' } })
      .map(problem => problem.split(' ')[0])).toEqual(['ClassInvalid', 'OverrideNotAllowed'])
  })
})
