import { ValueErrorType } from '@sinclair/typebox/errors'
import { Value } from '@sinclair/typebox/value'
import { describe, expect, it } from 'vitest'
import { TenantStatus } from '../../../src/api/tenant-status.ts'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import { decide, type Decision } from '../../../src/tenancy/decision/decide.ts'
import type { Hold } from '../../../src/tenancy/decision/hold.ts'
import { compareAll } from '../../../src/tenancy/drift/comparison.ts'
import { detectDrift } from '../../../src/tenancy/drift/detected-drift.ts'
import type { Expiry } from '../../../src/tenancy/subjects/expiry.ts'
import { statusOf } from '../../../src/tenancy/status/status.ts'
import { looseTenant, syncContext } from '../../support/contexts.ts'
import { desiredOf } from '../../support/desired.ts'
import { defaultClass } from '../../support/objects.ts'
import { applied, type World } from '../../support/requests.ts'

const { namespace, contents } = desiredOf()
const all = [namespace, ...contents].map(manifest => applied(manifest))
const classes = [{ ...defaultClass(), metadata: { name: 'default', uid: 'class-uid', generation: 4 } }]
const noExpiry: Expiry = { next: undefined, expired: [] }

interface Input { decision?: Decision, rollingOut?: string[], expiry?: Expiry }

function status (world: Partial<World> = {}, { decision, rollingOut = [], expiry = noExpiry }: Input = {}): TenantStatus {
  const context = syncContext({ classes, generation: 3, ...world }, { version: '1.2.3' })
  const decided = decision ?? decide(context)
  const comparisons = decided.kind === 'declare' ? compareAll(decided.desired, context.observed.children) : []
  const drift = detectDrift(comparisons, new Set(rollingOut))
  return statusOf({ decision: decided, comparisons, rollingOut: new Set(rollingOut), drift, refused: new Map(), expiry }, context)
}

const hold = (phase: Hold['phase'], ...reasons: Hold['problems'][number]['reason'][]): Hold => {
  const [first = 'SpecInvalid', ...others] = reasons
  return {
    kind: 'hold',
    phase,
    problems: [
      { reason: first, message: `about ${first}` },
      ...others.map(reason => ({ reason, message: `about ${reason}` }))
    ]
  }
}
/** Paths that the CRD refuses; TypeBox does not know the format of times. */
const refusedByTheCrd = (found: TenantStatus) => [...Value.Errors(TenantStatus, found)]
  .filter(({ type }) => type !== ValueErrorType.StringFormatUnknown)
  .map(({ path }) => path)
const conditionTypes = ({ conditions = [] }: TenantStatus) => conditions.map(({ type, status }) => `${type}=${status}`)
const without = (...names: string[]) => all.filter(({ metadata }) => !names.includes(metadata.name))
const changed = (name: string, change: object) =>
  all.map(object => object.metadata.name === name ? { ...object, ...change } as ObservedObject : object)

describe('the status of a Tenant whose desired state is declared', () => {
  it('has the inputs and the progress of the Tenant', () => {
    expect(status({ children: all })).toMatchObject({
      observedGeneration: 3,
      phase: 'Active',
      class: { name: 'default', uid: 'class-uid', generation: 4 },
      version: '1.2.3',
      namespaces: [{ name: 'tenant-acme-shop', phase: 'Active', ready: true, objects: '15/15' }]
    })
  })

  it.each<[string, Partial<World>, object, string[]]>([
    [
      'names only the namespace as missing until it exists',
      {},
      { phase: 'Pending', ready: false, objects: '0/15', missing: ['Namespace/tenant-acme-shop'] },
      ['Ready=False', 'Reconciling=True']
    ],
    [
      'names missing and drifted objects',
      { children: changed('tenant-quota', { spec: {} }).filter(({ metadata }) => metadata.name !== 'allow-dns') },
      {
        phase: 'Active',
        ready: false,
        objects: '13/15',
        missing: ['NetworkPolicy/allow-dns'],
        drifted: ['ResourceQuota/tenant-quota']
      },
      ['Ready=False', 'Reconciling=True']
    ],
    [
      'is stalled after a minute',
      {
        children: without('allow-dns'),
        status: {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'ObjectsPending',
              message: '',
              lastTransitionTime: '2026-11-22T11:59:00Z'
            }
          ]
        }
      },
      { ready: false, missing: ['NetworkPolicy/allow-dns'] },
      ['Ready=False', 'Stalled=True']
    ]
  ])('%s', (_, world, expected, types) => {
    const found = status(world)
    expect(found).toMatchObject({ phase: 'Provisioning', namespaces: [expected] })
    expect(conditionTypes(found)).toEqual(types)
  })

  it('lists no more names than the CRD accepts', () => {
    const names = Array.from({ length: 300 }, (_, index) => `Role/${index}`)
    const found = status({ children: all }, { rollingOut: names })
    expect(found.namespaces?.[0]?.rollingOut).toEqual(names.slice(0, 256))
    expect(refusedByTheCrd(found)).toEqual([])
  })

  it('has the expiry of access', () => {
    const expired = [{ role: 'viewer' as const, kind: 'User' as const, name: 'eve', expiresAt: '2026-11-22T11:00:00Z' }]
    expect(status({ children: all }, {
      expiry: { next: '2026-12-01T00:00:00Z', expired }
    })).toMatchObject({ nextExpiry: '2026-12-01T00:00:00Z', expired })
    expect(Object.keys(status({ children: all }))).not.toEqual(expect.arrayContaining(['nextExpiry']))
  })
})

describe('the status of a Tenant on hold', () => {
  it.each<[Hold['phase'], Hold['problems'][number]['reason'], string[]]>([
    ['Paused', 'Paused', ['Ready=False']],
    ['Terminating', 'TenantTerminating', ['Ready=False', 'Reconciling=True']],
    ['Provisioning', 'NamespaceTerminating', ['Ready=False', 'Reconciling=True']],
    ['Provisioning', 'NamespacePending', ['Ready=False', 'Reconciling=True']],
    ['Blocked', 'ClassNotFound', ['Ready=False', 'Stalled=True']]
  ])('has the phase %s because of %s', (phase, reason, types) => {
    const found = status({ children: all }, { decision: hold(phase, reason) })
    expect(found).toMatchObject({ phase })
    expect(conditionTypes(found)).toEqual(types)
    expect(found.conditions?.[0]).toMatchObject({
      reason,
      message: expect.stringContaining(`about ${reason}`) as string
    })
  })

  it('has the reason of the first problem, and the messages of all', () => {
    expect(status({}, {
      decision: hold('Blocked', 'OverrideNotAllowed', 'ClassInvalid')
    }).conditions?.[0]).toMatchObject({
      reason: 'OverrideNotAllowed',
      message: expect.stringMatching(/^about OverrideNotAllowed; about ClassInvalid\. See .*#overridenotallowed$/) as string
    })
  })

  it('names neither class nor version, except while its namespace terminates, which is drift', () => {
    const before = { class: { name: 'default', generation: 2 }, version: '1.0.0' }
    expect(status({ status: before }, { decision: hold('Provisioning', 'NamespaceTerminating') })).toMatchObject(before)
    for (const decision of [
      hold('Paused', 'Paused'),
      hold('Provisioning', 'NamespacePending'),
      hold('Blocked', 'ClassNotFound')
    ]) {
      expect(Object.keys(status({ status: before }, { decision }))).not.toEqual(expect.arrayContaining(['class']))
    }
  })

  const other: ObservedObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant-acme-shop' } }
  const terminating = { ...other, metadata: { ...other.metadata, deletionTimestamp: '2026-11-22T11:00:00Z' } }
  it.each<[string, Partial<World>, Hold, object[] | undefined]>([
    [
      'Pending where it does not exist',
      {},
      hold('Blocked', 'ClassNotFound'),
      [{ name: 'tenant-acme-shop', phase: 'Pending', ready: false }]
    ],
    [
      'Active where the Tenant owns it',
      { children: all },
      hold('Blocked', 'ClassNotFound'),
      [{ name: 'tenant-acme-shop', phase: 'Active', ready: false }]
    ],
    [
      'Active where it is being adopted',
      { namespaces: [other] },
      hold('Provisioning', 'NamespacePending'),
      [{ name: 'tenant-acme-shop', phase: 'Active', ready: false }]
    ],
    [
      'Conflict where it belongs to another owner',
      { namespaces: [other] },
      hold('Blocked', 'NamespaceConflict'),
      [{ name: 'tenant-acme-shop', phase: 'Conflict', ready: false }]
    ],
    [
      'Terminating while it is deleted',
      { children: [terminating] },
      hold('Provisioning', 'NamespaceTerminating'),
      [{ name: 'tenant-acme-shop', phase: 'Terminating', ready: false }]
    ]
  ])('has a namespace that is %s', (_, world, decision, expected) => {
    const { reason, message } = decision.problems[0]
    expect(status(world, { decision }).namespaces).toEqual(expected?.map(namespace => ({ ...namespace, className: 'default', reason, message })))
  })

  it.each<[string, boolean, unknown]>([
    ['without a readable name', false, { className: 'default' }],
    ['with a name of 63 characters', true, { name: 'x'.repeat(63 - 'tenant-acme-'.length) }],
    ['with a longer name, which the CRD refuses', false, { name: 'x'.repeat(64 - 'tenant-acme-'.length) }]
  ])('lists its namespace %s: %s', (_, listed, spec) => {
    const { name } = looseTenant(spec)
    const found = status({
      tenant: { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name }, spec }
    }, { decision: hold('Blocked', 'SpecInvalid') })
    expect(found.namespaces !== undefined).toBe(listed)
    expect(refusedByTheCrd(found)).toEqual([])
  })
})

describe('further conditions', () => {
  const stray: ObservedObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'victim' } }
  const role: ObservedObject = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'of-a-chart', namespace: 'tenant-acme-shop' }
  }

  it('name unmanaged objects with their namespaces, sorted', () => {
    const found = status({ children: [...all, role, stray] })
    expect(conditionTypes(found)).toEqual(['Ready=True', 'UnmanagedObjects=True'])
    expect(found.conditions?.[1]?.message)
      .toMatch(/: Namespace\/victim, Role\/of-a-chart in tenant-acme-shop\. They are kept now/)
  })

  it('name unmanaged objects outside the namespace only while the desired state is unknown', () => {
    const found = status({ children: [...all, role, stray] }, { decision: hold('Blocked', 'ClassNotFound') })
    expect(found.conditions?.find(({ type }) => type === 'UnmanagedObjects')?.message)
      .toMatch(/: Namespace\/victim\. They/)
  })

  it('say that the Tenant is cordoned once the API server has the policy', () => {
    expect(conditionTypes(status({
      children: changed('tenant-workloads', { spec: { cordoned: true } })
    }))).toContain('Cordoned=True')
    expect(conditionTypes(status({
      children: changed('tenant-workloads', { spec: { cordoned: 'true' } })
    }))).not.toContain('Cordoned=True')
    expect(conditionTypes(status({ children: all }))).toEqual(['Ready=True'])
  })
})
