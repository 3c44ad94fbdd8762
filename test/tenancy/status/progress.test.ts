import { describe, expect, it } from 'vitest'
import type { Reason } from '../../../src/api/condition.ts'
import type { Comparison } from '../../../src/tenancy/drift/comparison.ts'
import { detectDrift } from '../../../src/tenancy/drift/detected-drift.ts'
import { progressOf } from '../../../src/tenancy/status/progress.ts'
import { readinessOf } from '../../../src/tenancy/status/readiness.ts'
import { secondsLater, syncContext } from '../../support/contexts.ts'
import { comparison, desiredOf } from '../../support/desired.ts'

const decision = { kind: 'declare' as const, desired: desiredOf(), class: { name: 'default', generation: 1 } }
const namespace = comparison('Namespace/tenant-acme-shop', 'keep')
const noNamespace = comparison('Namespace/tenant-acme-shop', 'create')
const missingRole = comparison('Role/tenant-admin', 'create')
const missingQuota = comparison('ResourceQuota/tenant-quota', 'create')
const quotaWithoutStatus = { ...comparison('ResourceQuota/tenant-quota', 'keep'), observed: undefined } as unknown as Comparison
const drifted = comparison('ResourceQuota/tenant-quota', 'correct')
const driftedPolicy = comparison('NetworkPolicy/default-deny', 'correct')
const brokenPolicy: Comparison = {
  ...driftedPolicy,
  observed: {
    ...driftedPolicy.observed,
    metadata: {
      ...driftedPolicy.observed?.metadata,
      name: 'default-deny',
      annotations: { 'metacontroller.k8s.io/last-applied-configuration': '{' }
    }
  }
} as Comparison

/** The last Ready condition, and how long ago it changed. */
interface Since { reason: Reason | string, seconds: number, message?: string, time?: string }

function progress (comparisons: Comparison[], since?: Since) {
  const drift = detectDrift(comparisons, new Set())
  const conditions = since === undefined
    ? []
    : [
        {
          type: 'Ready',
          status: 'False',
          reason: since.reason,
          message: since.message ?? '',
          lastTransitionTime: since.time ?? secondsLater(-since.seconds).toISOString()
        }
      ]
  const input = { decision, comparisons, readiness: readinessOf(comparisons, new Set(), drift), refused: new Map() }
  const { stalled, ...rest } = progressOf(input, syncContext({ status: { conditions } }))
  return { ...rest, isStalled: stalled !== undefined }
}

describe('the reason', () => {
  it.each<[Reason, string, Comparison[]]>([
    ['UpToDate', 'everything is as declared', [namespace, comparison('Role/tenant-admin', 'keep')]],
    ['NamespacePending', 'the namespace is missing, with everything in it', [noNamespace, missingRole, drifted]],
    ['ObjectsPending', 'objects are missing, and others have drifted', [namespace, missingRole, drifted]],
    ['DriftDetected', 'an object differs', [namespace, drifted]],
    [
      'DriftDetected',
      'an object must be recreated',
      [namespace, comparison('RoleBinding/tenant-viewer', 'recreate', ['roleRef.name'])]
    ]
  ])('is %s where %s', (reason, _, comparisons) => {
    expect(progress(comparisons)).toMatchObject({ reason, isStalled: false })
  })
})

describe('the Tenant is stalled', () => {
  it.each<[string, Comparison[], Since, Reason, boolean]>([
    [
      'not before a minute without its namespace',
      [noNamespace],
      { reason: 'NamespacePending', seconds: 59.999 },
      'NamespacePending',
      false
    ],
    [
      'after a minute without its namespace',
      [noNamespace],
      { reason: 'NamespacePending', seconds: 60 },
      'NamespacePending',
      true
    ],
    [
      'not before a minute with missing objects',
      [namespace, missingRole],
      { reason: 'ObjectsPending', seconds: 59.999 },
      'ObjectsPending',
      false
    ],
    [
      'after a minute with missing objects',
      [namespace, missingRole],
      { reason: 'ObjectsPending', seconds: 60 },
      'ObjectsMissing',
      true
    ],
    [
      'after a minute with missing objects, though other ones were missing first',
      [namespace, missingRole],
      { reason: 'ObjectsPending', seconds: 60, message: 'waiting for ResourceQuota/tenant-quota' },
      'ObjectsMissing',
      true
    ],
    [
      'as long as objects are missing',
      [namespace, missingRole],
      { reason: 'ObjectsMissing', seconds: 0 },
      'ObjectsMissing',
      true
    ],
    [
      'not before a minute of drift',
      [namespace, drifted],
      { reason: 'DriftDetected', seconds: 59.999 },
      'DriftDetected',
      false
    ],
    [
      'after a minute of drift, though the message has changed',
      [namespace, drifted],
      { reason: 'DriftDetected', seconds: 60, message: 'correcting drift in x: Role/a' },
      'DriftDetected',
      true
    ],
    [
      'not by the time of another reason',
      [namespace, drifted],
      { reason: 'ObjectsPending', seconds: 3600 },
      'DriftDetected',
      false
    ],
    [
      'not by the time of drift where objects are missing now',
      [namespace, missingRole],
      { reason: 'DriftDetected', seconds: 3600 },
      'ObjectsPending',
      false
    ],
    [
      'not by a time in the future',
      [namespace, drifted],
      { reason: 'DriftDetected', seconds: -3600 },
      'DriftDetected',
      false
    ],
    [
      'not by a time that cannot be read',
      [namespace, drifted],
      { reason: 'DriftDetected', seconds: 0, time: 'yesterday' },
      'DriftDetected',
      false
    ],
    ['never while it is up to date', [namespace], { reason: 'UpToDate', seconds: 3600 }, 'UpToDate', false]
  ])('%s', (_, comparisons, since, reason, isStalled) => {
    expect(progress(comparisons, since)).toMatchObject({ reason, isStalled })
  })
})

describe('the message', () => {
  const late = (reason: Reason): Since => ({ reason, seconds: 60 })

  it.each<[string, Comparison[], Since | undefined, string[], string[]]>([
    [
      'counts the objects without the namespace',
      [namespace, comparison('Role/tenant-admin', 'keep')],
      undefined,
      ['namespace tenant-acme-shop and its 1 objects'],
      []
    ],
    [
      'points at the events while objects are pending',
      [namespace, missingRole],
      undefined,
      ['waiting for Metacontroller to create in tenant-acme-shop: Role/tenant-admin', 'kubectl events'],
      ['delete', 'k8s-mtp rbac']
    ],
    [
      'explains that permissions may be missing for Roles',
      [namespace, missingRole],
      late('ObjectsPending'),
      ['kubectl -n tenant-acme-shop delete role tenant-admin --ignore-not-found', 'grant Metacontroller the permissions of the class'],
      []
    ],
    [
      'names the quotas that the WorkloadPolicy waits for',
      [namespace, comparison('WorkloadPolicy/tenant-workloads', 'create'), quotaWithoutStatus],
      late('ObjectsPending'),
      ['waiting for Kubernetes to enforce ResourceQuota/tenant-quota', 'kube-controller-manager'],
      ['delete']
    ],
    [
      'does not for other kinds',
      [namespace, missingQuota],
      late('ObjectsPending'),
      ['delete resourcequota tenant-quota --ignore-not-found'],
      ['k8s-mtp rbac']
    ],
    [
      'has no remedy for drift that is being corrected',
      [namespace, drifted],
      undefined,
      ['correcting drift in tenant-acme-shop: ResourceQuota/tenant-quota'],
      ['delete', 'annotate']
    ],
    [
      'tells how to recreate drift that stays',
      [namespace, drifted],
      late('DriftDetected'),
      ['kubectl -n tenant-acme-shop delete resourcequota tenant-quota', 'break-glass'],
      ['annotate', 'permissions of the class']
    ],
    [
      'tells how to apply what is never deleted again, instead of deleting it',
      [namespace, driftedPolicy],
      late('DriftDetected'),
      [
        'kubectl -n tenant-acme-shop annotate networkpolicy default-deny metacontroller.k8s.io/last-applied-configuration-'
      ],
      ['kubectl -n tenant-acme-shop delete']
    ],
    [
      'tells so for the namespace, which is in no namespace',
      [comparison('Namespace/tenant-acme-shop', 'correct')],
      late('DriftDetected'),
      ['kubectl annotate namespace tenant-acme-shop '],
      ['-n tenant-acme-shop annotate']
    ],
    [
      'tells so at once where the last-applied annotation is broken',
      [namespace, brokenPolicy],
      undefined,
      ['annotate networkpolicy default-deny'],
      []
    ],
    ['does not at once where it is not', [namespace, driftedPolicy], undefined, [], ['annotate']]
  ])('%s', (_, comparisons, since, parts, absent) => {
    const { message } = progress(comparisons, since)
    for (const part of parts) expect(message).toContain(part)
    for (const part of absent) expect(message).not.toContain(part)
  })
})

describe('a rollout', () => {
  const rolledOut = (comparisons: Comparison[], conditions: object[], drift: string[] = []) => {
    const rollingOut = new Set(comparisons.filter(({ action }) => action !== 'keep').map(({ manifest }) => `${manifest.kind}/${manifest.metadata.name}`))
    const readiness = readinessOf(comparisons, rollingOut, new Map(drift.map(name => [name, []])))
    return progressOf({ decision, comparisons, readiness, refused: new Map() }, syncContext({ status: { conditions } }))
  }
  const condition = (type: string, reason: Reason, seconds: number) =>
    ({ type, status: 'False', reason, message: '', lastTransitionTime: secondsLater(-seconds).toISOString() })

  it('is no drift', () => {
    expect(rolledOut([namespace, drifted], [condition('Ready', 'UpToDate', 3600)])).toMatchObject({
      reason: 'RollingOut', stalled: undefined, message: expect.stringContaining('ResourceQuota/tenant-quota') as string
    })
  })

  it('is stalled after a minute, and stays so while drift beside it is corrected', () => {
    const timedOut = rolledOut([namespace, drifted], [condition('Ready', 'RollingOut', 60)])
    expect(timedOut).toMatchObject({ reason: 'RollingOut', stalled: { reason: 'RollingOut' } })
    const beside = rolledOut(
      [namespace, drifted], [condition('Ready', 'RollingOut', 60), condition('Stalled', 'RollingOut', 0)], ['ResourceQuota/tenant-quota'])
    expect(beside).toMatchObject({ reason: 'DriftDetected', stalled: { reason: 'RollingOut' } })
    const after = rolledOut([namespace, drifted], [condition('Ready', 'DriftDetected', 0), condition('Stalled', 'RollingOut', 5)])
    expect(after).toMatchObject({ reason: 'RollingOut', stalled: { reason: 'RollingOut' } })
  })

  it.each(['Role/tenant-admin', 'RoleBinding/tenant-admin', 'NetworkPolicy/default-deny', 'WorkloadPolicy/tenant-workloads'])(
    'of %s that is stalled is never to be deleted', name => {
      const { message } = rolledOut([namespace, comparison(name, 'correct')], [condition('Ready', 'RollingOut', 60)])
      expect(message).not.toContain('kubectl -n tenant-acme-shop delete')
    })
})
