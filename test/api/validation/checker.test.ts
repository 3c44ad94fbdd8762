import { describe, expect, it } from 'vitest'
import { checker, formatViolation } from '../../../src/api/validation/checker.ts'
import { Tenant } from '../../../src/api/tenant.ts'
import { TenantClass } from '../../../src/api/tenant-class.ts'
import { unknownFields } from '../../../src/api/validation/unknown-fields.ts'
import { defaultClass, tenant } from '../../support/objects.ts'

const checkTenant = checker(Tenant)
const checkClass = checker(TenantClass)

function messages (checked: ReturnType<typeof checkTenant> | ReturnType<typeof checkClass>): string[] {
  return checked.ok ? [] : checked.violations.map(formatViolation)
}

describe('a Tenant', () => {
  it.each<[string, object, string[]]>([
    ['with a name only: valid', tenant(), []],
    ['without a spec', JSON.parse(JSON.stringify({ ...tenant(), spec: undefined })) as object, ['spec: is required']],
    ['without spec.name', { ...tenant(), spec: { className: 'x' } }, ['spec.name: is required']],
    [
      'whose name has dots',
      tenant({}, 'a.b'),
      ['the name of a Tenant becomes part of the name of its namespace, which has no dots. Use dashes']
    ],
    [
      'whose namespace name exceeds 63 characters',
      tenant({ name: 'b'.repeat(30) }, 'a'.repeat(26)),
      [
        'the name of the namespace, tenant-<metadata.name>-<spec.name>, would exceed 63 characters. Shorten metadata.name or spec.name'
      ]
    ],
    ['whose namespace name has 63 characters: valid', tenant({ name: 'b'.repeat(30) }, 'a'.repeat(25)), []],
    ['whose name has capitals', tenant({ name: 'Shop' }), ['spec.name: must match ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$']],
    [
      'with a subject of an unknown kind',
      tenant({ admins: [{ kind: 'Robot' as 'User', name: 'x' }] }),
      ['spec.admins[0].kind: must be one of "User", "Group", "ServiceAccount"']
    ],
    [
      'with a ServiceAccount without a namespace',
      tenant({ admins: [{ kind: 'ServiceAccount', name: 'x' }] }),
      ['spec.admins[0]: a ServiceAccount needs its namespace. Add namespace to this subject']
    ],
    [
      'with a quota that is no quantity',
      tenant({ quotas: { 'tenant-quota': { cpu: 1.5 } } }),
      ['spec.quotas.tenant-quota.cpu: must be a quantity: a string such as 500m or 1Gi, or a whole number']
    ],
    ['with text for a flag', tenant({ paused: 'yes' as unknown as boolean }), ['spec.paused: must be of type boolean']]
  ])('%s', (_, object, expected) => {
    expect(messages(checkTenant(object))).toEqual(expected)
  })
})

describe('a TenantClass', () => {
  it('as shipped is valid', () => {
    expect(messages(checkClass(defaultClass()))).toEqual([])
  })

  it.each(['latest', 'v1.0', 'v1.34', 'v1.9999'])('may have the version %s of pod security', version => {
    expect(messages(checkClass(defaultClass(spec => { spec.podSecurity.version = version })))).toEqual([])
  })

  it.each([
    'v1.01',
    'v2.1',
    'v1.99999999999999999999'
  ])('may not have the version %s, which the API server cannot read', version => {
    expect(messages(checkClass(defaultClass(spec => { spec.podSecurity.version = version })))).toEqual([
      expect.stringContaining('spec.podSecurity.version: must match')
    ])
  })

  it('is refused with the paths of its invalid fields', () => {
    const wrong = defaultClass(spec => {
      spec.network.policies = [
        { name: 'x', egress: [{ peers: [{ cidr: '10.1.2.3/8' }, { namespace: 'a', cidr: '10.0.0.0/8' }] }] }
      ]
    })
    expect(messages(checkClass(wrong))).toEqual([
      'spec.network.policies[0].egress[0].peers[0].cidr: write the first address of the network and its length, ' +
        'such as 10.0.0.0/8 or 2001:db8::/32',
      'spec.network.policies[0].egress[0].peers[1]: a peer is either a namespace or a cidr. Set exactly one of them'
    ])
  })
})

describe('unknown fields', () => {
  it('are found at any depth, and listed with the known ones', () => {
    const value = {
      ...tenant(),
      spec: { name: 'shop', admin: [], admins: [{ kind: 'User', name: 'a', nmespace: 'x' }] }
    }
    expect(unknownFields(Tenant, value).map(formatViolation)).toEqual([
      'spec.admin: unknown field. Existing fields: name, className, admins, operators, viewers, roles, quotas, limits, labels, annotations, network, workloads, nodePool, deletionPolicy, cordoned, paused, namespaces',
      'spec.admins[0].nmespace: unknown field. Existing fields: kind, name, namespace, expiresAt'
    ])
  })

  it('are ignored in metadata', () => {
    expect(unknownFields(Tenant, { ...tenant(), metadata: { name: 'x', labels: { a: 'b' } } })).toEqual([])
  })
})

describe('errors', () => {
  /** A list that counts which of its items are read. */
  function counted (length: number, item: unknown): { list: unknown[], read: Set<string> } {
    const read = new Set<string>()
    const list = new Proxy(Array.from({ length }, () => item), {
      get (target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) read.add(key)
        return Reflect.get(target, key) as unknown
      }
    })
    return { list, read }
  }

  it('are at most twenty, and no further values are read', () => {
    const { list, read } = counted(200, { kind: 'Robot', name: 'x' })
    const checked = checkTenant({ ...tenant(), spec: { name: 'shop', admins: list } })
    expect(messages(checked)).toHaveLength(20)
    expect(read.size).toBeLessThan(30)
  })

  it('are at most twenty where rules are violated', () => {
    const admins = Array.from({ length: 200 }, (_, index) => ({ kind: 'User' as const, name: `system:${index}` }))
    expect(messages(checkTenant(tenant({ admins })))).toHaveLength(20)
  })

  it.each([['a key', 'k'.repeat(1_000_000)], ['a key with separators', 'k/~'.repeat(300_000)]])('are short for %s of a megabyte', (_, key) => {
    const quotas = { [key]: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`r${index}`, true])) }
    const found = messages(checkTenant({ ...tenant(), spec: { name: 'shop', quotas } }))
    expect(found.length).toBeGreaterThan(0)
    expect(found.join('').length).toBeLessThan(20_000)
  })
})
