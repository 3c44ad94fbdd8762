import { describe, expect, it } from 'vitest'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import { decide } from '../../../src/tenancy/decision/decide.ts'
import type { Hold } from '../../../src/tenancy/decision/hold.ts'
import { syncContext } from '../../support/contexts.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { uid, type World } from '../../support/requests.ts'

const classes = [defaultClass()]
const terminating = { deletionTimestamp: '2026-11-22T11:00:00Z' }
const namespace = (metadata: Partial<ObservedObject['metadata']> = {}): ObservedObject =>
  ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant-acme-shop', ...metadata } })
const invalidSpec = { ...tenant(), spec: { name: 'shop', className: 'default', admins: 'ada' } }
const excessive = tenant({ quotas: { 'tenant-quota': { pods: 1000 } } })

describe('decide declares the desired state', () => {
  it.each<[string, Partial<World>]>([
    ['of a new Tenant', {}],
    ['when the Tenant owns its namespace', { children: [namespace()] }],
    ['when the status cannot be read', { status: { phase: 'Nonsense', conditions: 'none' } }],
    [
      'when another class is invalid',
      { classes: [defaultClass(), { ...defaultClass(), metadata: { name: 'gold' }, spec: {} }] }
    ],
    [
      'when another namespace terminates',
      { children: [namespace(), namespace({ ...terminating, name: 'tenant-acme-old' })] }
    ]
  ])('%s', (_, world) => {
    const decision = decide(syncContext({ classes, ...world }))
    expect(decision).toMatchObject({
      kind: 'declare',
      desired: { namespace: { metadata: { name: 'tenant-acme-shop' } }, contents: { length: 14 } }
    })
  })

  it('under the class in force, by name, uid and generation', () => {
    const observed = { ...defaultClass(), metadata: { name: 'default', uid: 'class-uid', generation: 7 } }
    expect(decide(syncContext({ classes: [observed] }))).toMatchObject({
      class: { name: 'default', uid: 'class-uid', generation: 7 }
    })
    expect(decide(syncContext({ classes }))).toMatchObject({ class: { name: 'default', generation: 0 } })
  })
})

describe('decide puts the Tenant on hold', () => {
  it.each<[string, Partial<World>, Hold['phase'], string[]]>([
    [
      'while it is deleted, whatever else is wrong',
      { tenant: { ...tenant({ paused: true }), spec: null }, metadata: terminating },
      'Terminating',
      ['TenantTerminating']
    ],
    [
      'while it is paused, whatever else is wrong',
      { tenant: { ...invalidSpec, spec: { ...invalidSpec.spec, paused: true } }, classes: [] },
      'Paused',
      ['Paused']
    ],
    [
      'when paused is no boolean',
      { tenant: tenant({ paused: 'yes' as unknown as boolean }) },
      'Blocked',
      ['SpecInvalid']
    ],
    ['when it has no spec', { tenant: { ...tenant(), spec: null } }, 'Blocked', ['SpecInvalid']],
    [
      'for each invalid field',
      { tenant: { ...tenant(), spec: { name: 'Shop', className: 5, admins: [{ kind: 'Robot', name: 'r' }] } } },
      'Blocked',
      ['SpecInvalid', 'SpecInvalid', 'SpecInvalid']
    ],
    ['for its spec before its class', { tenant: invalidSpec, classes: [] }, 'Blocked', ['SpecInvalid']],
    ['when its class does not exist', { tenant: tenant({ className: 'gold' }) }, 'Blocked', ['ClassNotFound']],
    [
      'when its class has the name of an inherited field',
      { tenant: tenant({ className: 'constructor' }) },
      'Blocked',
      ['ClassNotFound']
    ],
    [
      'when its class has no spec',
      { classes: [{ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass', metadata: { name: 'default' } }] },
      'Blocked',
      ['ClassInvalid']
    ],
    [
      'for each problem of its policy',
      {
        tenant: excessive,
        classes: [defaultClass(spec => { spec.limits = [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] })]
      },
      'Blocked',
      ['OverrideNotAllowed', 'ClassInvalid']
    ],
    [
      'for an override before a namespace conflict',
      { tenant: excessive, namespaces: [namespace()] },
      'Blocked',
      ['OverrideNotAllowed']
    ],
    [
      'when a quota is too low for its own objects',
      {
        classes: [defaultClass(spec => { Object.assign(spec.quotas['tenant-objects'] ?? {}, { resourcequotas: '2' }) })]
      },
      'Blocked',
      ['ClassInvalid']
    ],
    ['when its namespace exists without an owner', { namespaces: [namespace()] }, 'Blocked', ['NamespaceConflict']],
    [
      'when its namespace has another controller',
      {
        namespaces: [namespace({ ownerReferences: [{ uid, controller: false }, { uid: 'other', controller: true }] })]
      },
      'Blocked',
      ['NamespaceConflict']
    ],
    [
      'when its namespace names it as an owner, and not as the controller',
      { namespaces: [namespace({ ownerReferences: [{ uid }] })] },
      'Blocked',
      ['NamespaceConflict']
    ],
    [
      'until Metacontroller observes that it owns its namespace',
      { namespaces: [namespace({ ownerReferences: [{ uid, controller: true }] })] },
      'Provisioning',
      ['NamespacePending']
    ],
    ['while its namespace terminates', { children: [namespace(terminating)] }, 'Provisioning', ['NamespaceTerminating']],
    [
      'while a namespace of another owner terminates',
      { namespaces: [namespace(terminating)] },
      'Provisioning',
      ['NamespaceTerminating']
    ]
  ])('%s', (_, world, phase, reasons) => {
    const decision = decide(syncContext({ classes, ...world }))
    expect(decision).toMatchObject({ kind: 'hold', phase })
    expect(decision.kind === 'hold' && decision.problems.map(({ reason }) => reason)).toEqual(reasons)
  })

  it('when Metacontroller does not send all that it decides by, and lists what is missing', () => {
    const context = syncContext({ classes })
    const observed = {
      ...context.observed,
      missingKinds: ['Role.rbac.authorization.k8s.io/v1', 'related Namespaces']
    }
    expect(decide({ ...context, observed })).toMatchObject({
      phase: 'Blocked',
      problems: [
        {
          reason: 'EngineMisconfigured',
          message: expect.stringContaining(
            'does not send Role.rbac.authorization.k8s.io/v1, related Namespaces'
          ) as string
        }
      ]
    })
  })

  it.each<[string, Record<string, string>, string]>([
    ['of another Tenant', { 'k8s-mtp.dev/tenant': 'globex' }, 'belongs to Tenant globex.*Do not delete the namespace'],
    ['of no Tenant', {}, 'exists and belongs to no Tenant.*k8s-mtp adopt acme tenant-acme-shop'],
    [
      'of an earlier Tenant of its name',
      { 'k8s-mtp.dev/tenant': 'acme' },
      'belonged to an earlier Tenant acme.*k8s-mtp adopt acme tenant-acme-shop'
    ]
  ])('by a conflict, and says what to do about a namespace %s', (_, labels, message) => {
    expect(decide(syncContext({ classes, namespaces: [namespace({ labels })] }))).toMatchObject({
      problems: [
        { message: expect.stringMatching(message) as string }
      ]
    })
  })
})
