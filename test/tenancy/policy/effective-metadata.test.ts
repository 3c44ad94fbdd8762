import { describe, expect, it } from 'vitest'
import type { Overrides } from '../../../src/api/override-bounds.ts'
import type { NamespaceMetadata } from '../../../src/api/tenant-class.ts'
import { formatViolation } from '../../../src/api/validation/checker.ts'
import { effectiveMetadata, metadataProblems } from '../../../src/tenancy/policy/effective-metadata.ts'
import { defaultClass } from '../../support/objects.ts'

const classWith = (overrides: Overrides, namespaceMetadata?: NamespaceMetadata) => defaultClass(spec => {
  spec.overrides = overrides
  if (namespaceMetadata !== undefined) spec.namespaceMetadata = namespaceMetadata
})
const prefixes = (...prefixes: string[]) => ({ prefixes })
const cost = { 'cost.example/unit': '1' }

describe('effectiveMetadata', () => {
  it('adds the labels and annotations of the Tenant, and keeps what the class has', () => {
    const own = { labels: cost, annotations: { 'cost.example/owner': 'Ada' } }
    const tenantClass = classWith({}, { labels: { team: 'a' }, reservedPrefixes: ['cost.example/'], finalizers: ['a.example/x'] })
    expect(effectiveMetadata(own, tenantClass)).toEqual({
      labels: { team: 'a', ...cost },
      annotations: { 'cost.example/owner': 'Ada' },
      reservedPrefixes: ['cost.example/'],
      finalizers: ['a.example/x']
    })
  })

  it('is that of the class without them', () => {
    expect(effectiveMetadata({}, classWith({}, { labels: { team: 'a' } }))).toEqual({ labels: { team: 'a' } })
    expect(effectiveMetadata({}, classWith({}))).toEqual({})
  })
})

describe('metadataProblems', () => {
  const advice = (field: string) => `. Change or remove the override, or ask the platform team to change ${field} of the class`
  const listed = (field: string, list: string) =>
    `cannot be set under TenantClass default: spec.overrides.${field}.prefixes lists ${list}${advice(`spec.overrides.${field}.prefixes`)}`

  it.each<[string, Parameters<typeof metadataProblems>[0], Overrides, string[]]>([
    ['allows none to be set', {}, {}, []],
    ['allows a listed prefix', { labels: cost }, { labels: prefixes('a.example/', 'cost.example/') }, []],
    [
      'refuses a label where the class lists none', { labels: cost }, { annotations: prefixes('cost.example/') },
      [`spec.labels.cost.example/unit: ${listed('labels', 'none')}`]
    ],
    [
      'refuses an annotation where the class lists labels', { annotations: cost }, { labels: prefixes('cost.example/') },
      [`spec.annotations.cost.example/unit: ${listed('annotations', 'none')}`]
    ],
    ...['example/unit', 'my.cost.example/unit', 'cost.example.org/unit', 'unit', 'cost.example'].map((key): [
      string, { labels: Record<string, string> }, Overrides, string[]
    ] => [
      `refuses ${key}`, { labels: { [key]: 'x' } }, { labels: prefixes('cost.example/', 'b.example/') },
      [`spec.labels.${key}: ${listed('labels', 'cost.example/, b.example/')}`]
    ])
  ])('%s', (_, own, overrides, expected) => {
    expect(metadataProblems(own, classWith(overrides)).map(formatViolation)).toEqual(expected)
  })

  it('refuses a key that the class sets, and not one of its annotations for a label', () => {
    const bounds = { labels: prefixes('cost.example/') }
    expect(metadataProblems({ labels: cost }, classWith(bounds, { labels: { 'cost.example/unit': '1' } })).map(formatViolation)).toEqual([
      'spec.labels.cost.example/unit: is set by TenantClass default in spec.namespaceMetadata.labels' +
      advice('spec.namespaceMetadata.labels')
    ])
    expect(metadataProblems({ labels: cost }, classWith(bounds, { annotations: { 'cost.example/unit': '1' } }))).toEqual([])
  })
})
