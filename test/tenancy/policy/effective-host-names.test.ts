import { describe, expect, it } from 'vitest'
import { formatViolation } from '../../../src/api/validation/checker.ts'
import { effectiveHostNames, hostNameProblems } from '../../../src/tenancy/policy/effective-host-names.ts'
import { defaultClass } from '../../support/objects.ts'

const classWith = (hostNames: string[] | undefined, bounds: string[] = []) => defaultClass(spec => {
  delete spec.workloads.hostNames
  if (hostNames !== undefined) spec.workloads.hostNames = hostNames
  spec.overrides = { workloads: { hostNames: bounds } }
})
const own = (...hostNames: string[]) => ({ workloads: { hostNames } })

describe('effectiveHostNames', () => {
  it('are those of the class, then those of the Tenant, each once', () => {
    expect(effectiveHostNames(own('b.example', 'a.example'), classWith(['a.example', '*.c.example']))).toEqual(['a.example', '*.c.example', 'b.example'])
    expect(effectiveHostNames({}, classWith([]))).toEqual([])
  })

  it('are any where the class allows any', () => {
    expect(effectiveHostNames(own('b.example'), classWith(undefined))).toBeUndefined()
  })
})

describe('hostNameProblems', () => {
  const problems = (names: string[], bounds: string[]) => hostNameProblems(own(...names), classWith([], bounds), 'acme').map(formatViolation)

  it.each<[string, string, string]>([
    ['a name', 'shop.example.com', 'shop.example.com'],
    ['a name below a pattern', 'a.b.example.com', '*.example.com'],
    ['a pattern', '*.example.com', '*.example.com'],
    ['a narrower pattern', '*.shop.example.com', '*.example.com'],
    ['a pattern of the Tenant', '*.{tenant}.example.com', '*.{tenant}.example.com'],
    ['the name of the Tenant', 'shop.acme.example.com', '*.{tenant}.example.com'],
    ['its placeholder under its name', '{tenant}.example.com', 'acme.example.com']
  ])('allows %s', (_, name, bound) => { expect(problems([name], ['other.example', bound])).toEqual([]) })

  it.each<[string, string, string]>([
    ['another name', 'web.example.com', 'shop.example.com'],
    ['a name below a name', 'x.shop.example.com', 'shop.example.com'],
    ['the name above a pattern', 'example.com', '*.example.com'],
    ['a wider pattern', '*.com', '*.example.com'],
    ['a pattern under a name', '*.example.com', 'example.com'],
    ['a name that ends alike', 'evilexample.com', '*.example.com'],
    ['the name of another Tenant', 'shop.globex.example.com', '*.{tenant}.example.com'],
    ['a pattern of all Tenants', '*.example.com', '*.{tenant}.example.com'],
    ['the name of the Tenant elsewhere', 'acme.globex.example.com', '*.{tenant}.example.com']
  ])('refuses %s', (_, name, bound) => {
    expect(problems([name], [bound])).toEqual([
      `spec.workloads.hostNames[0]: ${name} cannot be allowed under TenantClass default: spec.overrides.workloads.hostNames lists ${bound}. ` +
      'Change or remove the override, or ask the platform team to change spec.overrides.workloads.hostNames of the class'
    ])
  })

  it('refuses any without bounds', () => { expect(problems(['a.example'], []).join()).toContain('lists none') })

  it('refuses more than a WorkloadPolicy has', () => {
    const ofClass = Array.from({ length: 32 }, (_, index) => `n${index}.example`)
    const found = (...names: string[]) => hostNameProblems(own(...names), classWith(ofClass, ['*.example']), 'acme').map(formatViolation)
    expect(found('n0.example')).toEqual([])
    expect(found('more.example').join()).toContain(
      'spec.workloads.hostNames: gives 33 host names with those of TenantClass default, and 32 are the maximum')
  })
})
