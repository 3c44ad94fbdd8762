import { describe, expect, it } from 'vitest'
import type { LimitItem, LimitOverrides } from '../../../src/api/limits.ts'
import type { Overrides } from '../../../src/api/override-bounds.ts'
import { formatPath } from '../../../src/api/validation/checker.ts'
import { effectiveLimits, limitProblems } from '../../../src/tenancy/policy/effective-limits.ts'
import { defaultClass } from '../../support/objects.ts'

type Bounds = NonNullable<Overrides['limits']>
const plain: LimitItem[] = [
  { type: 'Container', default: { cpu: '500m' }, max: { cpu: 2, memory: '1Gi' } },
  { type: 'PersistentVolumeClaim', max: { storage: '10Gi' } }
]
const classWith = (bounds: Bounds = {}, limits = plain) => defaultClass(spec => {
  spec.limits = limits
  spec.overrides = { limits: bounds }
})

describe('effectiveLimits', () => {
  it('are those of the class without overrides', () => {
    expect(effectiveLimits({}, classWith())).toEqual([
      {
        type: 'Container',
        default: { cpu: '500m', memory: '1Gi' },
        defaultRequest: { cpu: '500m', memory: '1Gi' },
        max: { cpu: '2', memory: '1Gi' }
      },
      { type: 'PersistentVolumeClaim', max: { storage: '10Gi' } }
    ])
  })

  it('replace single amounts, and the defaults that follow from them', () => {
    expect(effectiveLimits({ limits: { Container: { max: { memory: '2048Mi' } }, PersistentVolumeClaim: { max: { storage: '20Gi' } } } }, classWith())).toEqual([
      {
        type: 'Container',
        default: { cpu: '500m', memory: '2Gi' },
        defaultRequest: { cpu: '500m', memory: '2Gi' },
        max: { cpu: '2', memory: '2Gi' }
      },
      { type: 'PersistentVolumeClaim', max: { storage: '20Gi' } }
    ])
  })

  it('add no item', () => {
    expect(effectiveLimits({ limits: { Pod: { max: { cpu: '1' } } } }, classWith())).toEqual(effectiveLimits({}, classWith()))
  })
})

describe('limitProblems', () => {
  const problems = (limits: LimitOverrides, bounds?: Bounds, items?: LimitItem[]) => limitProblems({ limits }, classWith(bounds, items))
    .map(({ reason, path, message }) => `${reason} ${formatPath(path)}: ${message.split('. ')[0]}`)
  const bounds: Bounds = { Container: { max: { cpu: { min: '250m', max: '4000m' } }, default: { cpu: { max: 4 } } } }

  it.each<[string, LimitOverrides, Bounds | undefined, string[]]>([
    ['allows none', {}, bounds, []],
    ['allows an override at the maximum', { Container: { max: { cpu: 4 } } }, bounds, []],
    ['allows overrides that fit together', { Container: { max: { cpu: '250m' }, default: { cpu: '0.25' } } }, bounds, []],
    [
      'refuses an override above the maximum', { Container: { max: { cpu: '4001m' } } }, bounds,
      ['OverrideNotAllowed spec.limits.Container.max.cpu: 4001m exceeds the maximum 4000m of TenantClass default']
    ],
    [
      'refuses an override below the minimum', { Container: { max: { cpu: '249m' }, default: { cpu: '100m' } } }, bounds,
      ['OverrideNotAllowed spec.limits.Container.max.cpu: 249m is below the minimum 250m of TenantClass default']
    ],
    [
      'refuses another resource, field or type', {
        Container: { max: { memory: 1 }, maxLimitRequestRatio: { cpu: 2 } }, Pod: { max: { cpu: 2 } }, PersistentVolumeClaim: { min: { storage: 1 } }
      }, bounds,
      ['Container.max.memory', 'Container.maxLimitRequestRatio.cpu', 'Pod.max.cpu', 'PersistentVolumeClaim.min.storage']
        .map(path => `OverrideNotAllowed spec.limits.${path}: cannot be overridden under TenantClass default`)
    ],
    [
      'refuses a resource that is called constructor', { Container: { max: { ['constructor' as string]: 1 } } }, bounds,
      ['OverrideNotAllowed spec.limits.Container.max.constructor: cannot be overridden under TenantClass default']
    ],
    [
      'reports an invalid override, and not its bounds as well', { Container: { max: { cpu: 'many' }, default: { cpu: '99' } } }, bounds,
      ['SpecInvalid spec.limits.Container.max.cpu: "many" is not a quantity']
    ],
    [
      'refuses a negative override', { Container: { max: { cpu: '-1' } } }, bounds,
      ['SpecInvalid spec.limits.Container.max.cpu: must not be negative, but is -1']
    ],
    [
      'refuses a maximum below the default of the class', { Container: { max: { cpu: '400m' } } }, bounds,
      ['OverrideNotAllowed spec.limits.Container: does not fit to the other limits of TenantClass default: default.cpu: 500m exceeds max.cpu 400m']
    ],
    [
      'reports a bound of an amount that the class does not have', {}, { Container: { min: { cpu: { max: 1 } } }, Pod: { max: { cpu: { max: 1 } } } },
      ['Container.min.cpu', 'Pod.max.cpu'].map(path => `ClassInvalid spec.overrides.limits.${path}: bounds an amount that the class does not have`)
    ],
    ['takes a default that follows from the maximum as one of the class', {}, { Container: { default: { memory: { max: 1 } } } }, []],
    [
      'reports a bound that is no quantity, or above the other one', {},
      { Container: { max: { cpu: { max: 'x' }, memory: { min: 2, max: 1 } } } },
      [
        'ClassInvalid spec.overrides.limits.Container.max.cpu: x is not a quantity',
        'ClassInvalid spec.overrides.limits.Container.max.memory: min 2 exceeds max 1'
      ]
    ]
  ])('%s', (_, limits, bounds, expected) => {
    expect(problems(limits, bounds)).toEqual(expected)
  })

  it('reports invalid limits of the class, and not their combination with overrides', () => {
    expect(problems({ Container: { max: { cpu: 1 } } }, bounds, [{ type: 'Container', max: { cpu: 1 }, default: { cpu: 2 } }])).toEqual([
      'ClassInvalid spec.limits[0].default.cpu: 2 exceeds max.cpu 1'
    ])
  })
})
