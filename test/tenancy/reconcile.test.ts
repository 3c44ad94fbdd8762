import { describe, expect, it } from 'vitest'
import { reconcile } from '../../src/tenancy/reconcile.ts'
import { secondsLater, syncContext } from '../support/contexts.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { settled, type World } from '../support/requests.ts'

const classes = [defaultClass()]
const { world: steady } = settled({ tenant: tenant(), classes })
const reconciled = (world: Partial<World>, seconds = 0) => {
  const { parent, observed } = syncContext({ classes, ...world })
  return reconcile(parent, observed, secondsLater(seconds), 'unversioned')
}
const drifted = {
  ...steady,
  children: (steady.children ?? []).map(child => child.kind === 'LimitRange' ? { ...child, spec: { limits: [] } } : child)
}

describe('reconcile', () => {
  it.each<[string, Partial<World>, object]>([
    [
      'declares the namespace of a new Tenant, and comes back',
      {},
      {
        children: { length: 1 },
        status: { phase: 'Provisioning' },
        resyncAfterSeconds: 20,
        hold: undefined,
        corrected: []
      }
    ],
    [
      'has nothing to do in steady state',
      steady,
      {
        children: { length: 15 },
        status: { phase: 'Active' },
        resyncAfterSeconds: undefined,
        hold: undefined,
        corrected: []
      }
    ],
    [
      'corrects drift, and reports it',
      drifted,
      {
        status: { phase: 'Provisioning' },
        resyncAfterSeconds: 20,
        corrected: [{ kind: 'LimitRange', name: 'tenant-limits', what: 'spec.limits' }]
      }
    ],
    [
      'reports drift of an object that is rolling out, too',
      { ...drifted, generation: 2 },
      {
        status: { namespaces: [{ drifted: ['LimitRange/tenant-limits'], rollingOut: ['LimitRange/tenant-limits'] }] },
        corrected: [{ kind: 'LimitRange', name: 'tenant-limits', what: 'spec.limits' }]
      }
    ],
    [
      'reports the reason of a hold, and corrects nothing',
      { ...drifted, classes: [] },
      {
        children: { length: 15 },
        status: { phase: 'Blocked' },
        resyncAfterSeconds: undefined,
        hold: 'ClassNotFound',
        corrected: []
      }
    ]
  ])('%s', (_, world, expected) => {
    expect(reconciled(world)).toMatchObject(expected)
  })

  it('puts the record of a correction on the child that corrects it', () => {
    const { children, status } = reconciled(drifted)
    expect(children.find(({ kind }) => kind === 'LimitRange')?.metadata.annotations).toEqual({
      'k8s-mtp.dev/corrected': '2026-11-22T12:00:00Z spec.limits'
    })
    expect(status.corrected).toBeUndefined()
  })

  it('comes back when access ends, and when drift recurs', () => {
    const expiring = {
      ...steady,
      tenant: tenant({ viewers: [{ kind: 'User', name: 'eve', expiresAt: '2026-11-22T12:00:05Z' }] })
    }
    expect(reconciled(expiring).resyncAfterSeconds).toBe(5)
    const recorded = {
      ...drifted,
      children: drifted.children.map(child => child.kind === 'LimitRange'
        ? {
            ...child,
            metadata: { ...child.metadata, annotations: { 'k8s-mtp.dev/corrected': '2026-11-22T12:00:00Z spec.limits' } }
          }
        : child)
    }
    expect(reconciled(recorded, 1).resyncAfterSeconds).toBe(6)
  })

  it('does not change its input', () => {
    const { parent, observed } = syncContext({ classes, ...drifted })
    const before = structuredClone({ parent, observed })
    reconcile(parent, observed, secondsLater(0), 'unversioned')
    expect({ parent, observed }).toEqual(before)
  })
})
