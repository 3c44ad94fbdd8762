import { describe, expect, it } from 'vitest'
import { nextReleaseStep, type ReleaseSituation } from '../../src/adoption/release-steps.ts'
import { displayName, type ObservedObject } from '../../src/kubernetes/object.ts'
import { uid } from '../support/requests.ts'
import { earlierUid, namespaceName, objectsOf, storedTenant, unmanaged } from './situations.ts'

const active = { phase: 'Active', namespaces: [{ name: namespaceName, phase: 'Active' }] }
const conflict = { phase: 'Blocked', namespaces: [{ name: namespaceName, phase: 'Conflict' }] }

function situation (change: Partial<ReleaseSituation> & { status?: object } = {}): ReleaseSituation {
  const { status = active, ...rest } = change
  return {
    tenantName: 'acme',
    tenant: storedTenant({}, {}, status),
    namespaceName,
    ...objectsOf({}, uid),
    tenants: new Map([[uid, 'Tenant/acme'], ['other-uid', 'Tenant/other']]),
    ...rest
  }
}

const unlabelled = ({ metadata, ...object }: ObservedObject): ObservedObject => {
  const { 'controller-uid': _, ...labels } = metadata.labels ?? {}
  return { ...object, metadata: { ...metadata, labels } }
}
const released = (object: ObservedObject): ObservedObject => {
  const { metadata: { ownerReferences, ...metadata }, ...content } = unlabelled(object)
  return { ...content, metadata } as ObservedObject
}
const { namespace, contents } = objectsOf({}, uid)
const bare = unmanaged('v1', 'Namespace', namespaceName, {}, {
  labels: { 'pod-security.kubernetes.io/enforce': 'restricted' }
})

describe('the next step of a release', () => {
  it.each<[string, Parameters<typeof situation>[0], object]>([
    [
      'removes the label of the namespace only',
      {},
      { kind: 'patch', what: 'namespace ownership', patches: [{ metadata: { labels: { 'controller-uid': null } } }] }
    ],
    [
      'waits while Metacontroller owns the namespace',
      { namespace: unlabelled(namespace) },
      { kind: 'wait', until: 'namespace is released' }
    ],
    [
      'waits while the status is outdated',
      { namespace: released(namespace) },
      { kind: 'wait', until: 'Tenant is on hold' }
    ],
    [
      'removes the labels of the objects once the Tenant is on hold',
      { namespace: released(namespace), status: conflict },
      { kind: 'patch', what: 'contents ownership', patches: { length: 14 } }
    ],
    [
      'does so while the Tenant is paused',
      { namespace: released(namespace), status: { phase: 'Paused' } },
      { kind: 'patch', what: 'contents ownership' }
    ],
    [
      'waits while Metacontroller owns the objects',
      { namespace: released(namespace), contents: contents.map(unlabelled), status: conflict },
      { kind: 'wait', until: 'contents are released' }
    ],
    [
      'removes the metadata of the objects once they have no owner',
      { namespace: released(namespace), contents: contents.map(released), status: conflict },
      { kind: 'patch', what: 'contents metadata', patches: { length: 14 } }
    ],
    [
      'removes the metadata of the namespace last',
      { namespace: released(namespace), contents: [], status: conflict },
      { kind: 'patch', what: 'namespace metadata', patches: { length: 1 } }
    ],
    [
      'is none where nothing is left',
      { namespace: bare, contents: [unmanaged('v1', 'ResourceQuota', 'of-a-chart')], status: conflict },
      { kind: 'done' }
    ],
    [
      'removes the label again where it was restored',
      { status: conflict },
      { kind: 'patch', what: 'namespace ownership' }
    ],
    [
      'removes the label of an object again where it was restored',
      { namespace: bare, contents: contents.slice(0, 1), status: conflict },
      { kind: 'patch', what: 'contents ownership', patches: { length: 1 } }
    ],
    [
      'removes the metadata of the objects where the Tenant is gone',
      { tenant: undefined, ...objectsOf() },
      { kind: 'patch', what: 'contents metadata', patches: { length: 14 } }
    ],
    [
      'releases a namespace with a wrong label of the Tenant',
      {
        namespaceName: 'victim',
        namespace: unmanaged('v1', 'Namespace', 'victim', {}, { labels: { 'controller-uid': uid } }),
        contents: []
      },
      { kind: 'patch', what: 'namespace ownership' }
    ]
  ])('%s', (_, change, expected) => {
    expect(nextReleaseStep(situation(change))).toMatchObject(expected)
  })

  it.each<[string, Parameters<typeof situation>[0], string]>([
    [
      'a namespace that does not exist',
      { namespace: undefined },
      'namespace tenant-acme-shop does not exist: nothing to release'
    ],
    [
      'a terminating namespace',
      { namespace: { ...namespace, metadata: { ...namespace.metadata, deletionTimestamp: 'now' } } },
      'is being deleted and cannot be kept'
    ],
    [
      'a terminating Tenant',
      { tenant: storedTenant({}, { deletionTimestamp: 'now' }) },
      'Tenant acme is being deleted, and its namespace may be deleted with it'
    ],
    [
      'a namespace of another Tenant',
      { namespace: objectsOf({}, 'other-uid').namespace },
      'belongs to Tenant other, not to acme: nothing to release'
    ],
    [
      'a namespace with the label of another Tenant',
      { namespace: unmanaged('v1', 'Namespace', namespaceName, {}, { labels: { 'k8s-mtp.dev/tenant': 'elder' } }) },
      'belongs to Tenant elder'
    ],
    [
      'a namespace without anything of the Tenant',
      { namespaceName: 'legacy', namespace: unmanaged('v1', 'Namespace', 'legacy'), contents: [] },
      'namespace legacy has nothing of Tenant acme'
    ],
    [
      'a namespace without a label, of a Tenant that does not exist',
      { tenant: undefined, namespace: unmanaged('v1', 'Namespace', namespaceName), contents: [] },
      'Tenant acme does not exist, and namespace tenant-acme-shop has no label of one'
    ]
  ])('refuses %s', (_, change, expected) => {
    expect(nextReleaseStep(situation(change))).toEqual({ kind: 'refuse', because: expect.stringContaining(expected) })
  })

  it('is done once nothing is left, where the Tenant does not exist', () => {
    const nothing = { tenant: undefined, namespace: unmanaged('v1', 'Namespace', namespaceName), contents: [] }
    expect(nextReleaseStep(situation({ ...nothing, isStarted: true }))).toEqual({ kind: 'done' })
  })
})

describe('the metadata that a release removes', () => {
  it('is that by which the Tenant manages the object, and no other', () => {
    const metadata = {
      labels: {
        'k8s-mtp.dev/tenant': 'acme',
        'k8s-mtp.dev/class': 'default',
        'app.kubernetes.io/managed-by': 'k8s-mtp',
        'pod-security.kubernetes.io/enforce': 'restricted',
        team: 'a'
      },
      annotations: { 'k8s-mtp.dev/corrected': 'x', 'metacontroller.k8s.io/last-applied-configuration': '{}', note: 'b' }
    }
    expect(nextReleaseStep(situation({
      namespace: unmanaged('v1', 'Namespace', namespaceName, {}, metadata),
      contents: [],
      status: conflict
    }))).toMatchObject({
      patches: [{
        metadata: {
          labels: { 'k8s-mtp.dev/tenant': null, 'k8s-mtp.dev/class': null, 'app.kubernetes.io/managed-by': null },
          annotations: { 'k8s-mtp.dev/corrected': null, 'metacontroller.k8s.io/last-applied-configuration': null }
        }
      }]
    })
    const step = nextReleaseStep(situation({
      namespace: unmanaged('v1', 'Namespace', namespaceName, {}, metadata),
      contents: [],
      status: conflict
    }))
    expect(JSON.stringify(step.kind === 'patch' ? step.patches.map(({ metadata }) => metadata) : [])).not.toMatch(/team|note|pod-security/)
  })

  it('includes the reference to a Tenant that is gone, unless the object has changed meanwhile', () => {
    const { namespace } = objectsOf({}, earlierUid)
    const step = nextReleaseStep(situation({
      tenant: undefined,
      namespace: { ...namespace, metadata: { ...namespace.metadata, resourceVersion: '7' } },
      contents: []
    }))
    expect(step).toMatchObject({
      what: 'namespace metadata',
      patches: [{ metadata: { resourceVersion: '7', ownerReferences: [] } }]
    })
    expect(displayName(namespace)).toBe(`Namespace/${namespaceName}`)
  })
})
