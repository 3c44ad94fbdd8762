import { describe, expect, it } from 'vitest'
import type { ClassInForce } from '../../../src/api/tenant-status.ts'
import type { Comparison } from '../../../src/tenancy/drift/comparison.ts'
import { findRollingOut, lastTransition } from '../../../src/tenancy/drift/rollout.ts'
import { secondsLater, syncContext } from '../../support/contexts.ts'
import { comparison } from '../../support/desired.ts'
import { now } from '../../support/requests.ts'

interface Inputs { generation: number, class: ClassInForce, version: string, nextExpiry: string | undefined }

const inputs: Inputs = {
  generation: 2,
  class: { name: 'default', uid: 'u', generation: 3 },
  version: '1.0.0',
  nextExpiry: '2026-12-01T00:00:00Z'
}
const namespaceName = 'tenant-acme-shop'

interface Before {
  namespace?: object
  ready?: string
  status?: object
}

/** The context after a sync with the same inputs. */
function contextAfter ({ namespace = {}, ready = now.toISOString(), status = {} }: Before = {}, seconds = 0) {
  return syncContext({
    status: {
      observedGeneration: 2,
      class: inputs.class,
      version: '1.0.0',
      nextExpiry: inputs.nextExpiry,
      namespaces: [{ name: namespaceName, phase: 'Active', ...namespace }],
      conditions: [{ type: 'Ready', status: 'False', reason: 'DriftDetected', message: '', lastTransitionTime: ready }],
      ...status
    }
  }, { now: secondsLater(seconds) })
}

const changed = comparison('ResourceQuota/tenant-quota', 'correct')
const relabelled = comparison('Role/tenant-admin', 'correct', ['metadata.labels.k8s-mtp.dev/class'])
const missing = comparison('LimitRange/tenant-limits', 'create')
const foreign = comparison('RoleBinding/tenant-viewer', 'recreate', ['roleRef.name'])
const kept = comparison('Role/tenant-viewer', 'keep')
const namespaceMissing = comparison(`Namespace/${namespaceName}`, 'create')
const namespaceChanged = comparison(`Namespace/${namespaceName}`, 'correct', ['metadata.labels.team'])
const contents = [changed, relabelled, missing, foreign, kept]
const allContents = [
  'LimitRange/tenant-limits',
  'ResourceQuota/tenant-quota',
  'Role/tenant-admin',
  'RoleBinding/tenant-viewer'
]

function rollingOut (comparisons: Comparison[], context = contextAfter(), changedInputs: Partial<Inputs> = {}): string[] {
  const { generation, version, nextExpiry, ...decision } = { ...inputs, ...changedInputs }
  const parent = { ...context.parent, metadata: { ...context.parent.metadata, generation } }
  return [...findRollingOut(comparisons, decision, { next: nextExpiry }, { ...context, parent, version })].sort()
}

describe('findRollingOut', () => {
  it('finds drift only while no input has changed', () => {
    expect(rollingOut([...contents, namespaceChanged])).toEqual([])
  })

  it.each<[string, Partial<Inputs>]>([
    ['the generation of the Tenant', { generation: 3 }],
    ['the version of k8s-mtp', { version: '1.0.1' }],
    ['the name of the class', { class: { ...inputs.class, name: 'gold' } }],
    ['the generation of the class', { class: { ...inputs.class, generation: 4 } }],
    ['the uid of the class', { class: { ...inputs.class, uid: 'v' } }],
    ['the uid of the class, from none', { class: { name: 'default', generation: 3 } }],
    ['the next expiry', { nextExpiry: '2026-12-02T00:00:00Z' }],
    ['the next expiry, to none', { nextExpiry: undefined }]
  ])('finds everything that differs after a change of %s', (_, change) => {
    expect(rollingOut(contents, contextAfter(), change)).toEqual(allContents)
  })

  it.each<[string, object]>([
    [
      'says nothing',
      {
        observedGeneration: undefined,
        class: undefined,
        version: undefined,
        nextExpiry: undefined,
        namespaces: undefined
      }
    ],
    ['has no class', { class: undefined }],
    ['is of another namespace', { namespaces: [{ name: 'tenant-acme-other', phase: 'Active' }] }],
    ['has no namespaces', { namespaces: [] }]
  ])('finds everything that differs where the last status %s', (_, status) => {
    expect(rollingOut(contents, contextAfter({ status }))).toEqual(allContents)
  })

  it('finds what the last status lists as rolling out, until it is up to date', () => {
    const context = contextAfter({
      namespace: {
        missing: ['LimitRange/tenant-limits'],
        rollingOut: ['ResourceQuota/tenant-quota', 'LimitRange/tenant-limits', 'Role/tenant-viewer']
      }
    }, 3600)
    expect(rollingOut(contents, context)).toEqual(['LimitRange/tenant-limits', 'ResourceQuota/tenant-quota'])
  })

  it('does not find an object that was deleted during its rollout', () => {
    expect(rollingOut([missing], contextAfter({ namespace: { rollingOut: ['LimitRange/tenant-limits'] } }))).toEqual([])
  })

  it('finds everything where the last status could list no more names', () => {
    const names = Array.from({ length: 256 }, (_, index) => `Role/${index}`)
    expect(rollingOut(contents, contextAfter({ namespace: { rollingOut: names } }))).toEqual(allContents)
    expect(rollingOut(contents, contextAfter({ namespace: { rollingOut: names.slice(1) } }))).toEqual([])
  })

  it.each<[string, Comparison, number, boolean]>([
    ['differing labels up to 10 seconds', relabelled, 9.999, true],
    ['no differing labels from 10 seconds on', relabelled, 10, false],
    ['differing content after 10 seconds', changed, 10, true],
    [
      'content and labels that differ after 10 seconds',
      comparison('Role/tenant-admin', 'correct', ['metadata.labels.a', 'rules']),
      10,
      true
    ],
    ['a missing object after 10 seconds', missing, 10, true]
  ])('finds %s', (_, one, seconds, expected) => {
    const context = contextAfter({
      namespace: {
        missing: ['LimitRange/tenant-limits'],
        rollingOut: ['Role/tenant-admin', 'ResourceQuota/tenant-quota', 'LimitRange/tenant-limits']
      }
    }, seconds)
    expect(rollingOut([one], context)).toHaveLength(expected ? 1 : 0)
  })

  it('takes a time that cannot be read, or lies in the future, for a rollout that goes on', () => {
    const namespace = { rollingOut: ['Role/tenant-admin'] }
    for (const ready of [
      'yesterday',
      secondsLater(3600).toISOString()
    ]) expect(rollingOut([relabelled], contextAfter({ namespace, ready }))).toEqual(['Role/tenant-admin'])
  })

  it.each([
    'Pending',
    'Terminating',
    'Conflict',
    undefined
  ])('finds the contents of a namespace whose last phase was %s, and not the namespace', phase => {
    expect(rollingOut([...contents, namespaceChanged], contextAfter({ namespace: { phase } }))).toEqual(allContents)
  })

  it('finds the contents of a deleted namespace, and not the namespace: its deletion is drift', () => {
    expect(rollingOut([...contents, namespaceMissing])).toEqual(allContents)
  })
})

describe('lastTransition', () => {
  it('is the time of Ready, and unknown without one', () => {
    expect(lastTransition(contextAfter().previous)).toBe(now.getTime())
    expect(lastTransition({ conditions: [] })).toBeNaN()
  })
})
