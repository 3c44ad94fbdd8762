import { describe, expect, it } from 'vitest'
import { nextReleaseStep, type ReleaseSituation } from '../../src/adoption/release-steps.ts'
import { displayName, type ObservedObject } from '../../src/kubernetes/object.ts'
import { uid } from '../support/requests.ts'
import { earlierUid, foreign, livingTenant, made, namespaceName } from './situations.ts'

const active = { phase: 'Active', namespaces: [{ name: namespaceName, phase: 'Active' }] }
const taken = { phase: 'Blocked', namespaces: [{ name: namespaceName, phase: 'Conflict' }] }

function situation (change: Partial<ReleaseSituation> & { status?: object } = {}): ReleaseSituation {
  const { status = active, ...rest } = change
  return { tenantName: 'acme', tenant: livingTenant({}, {}, status), namespaceName, ...made({}, uid), tenants: new Map([[uid, 'Tenant/acme'], ['other-uid', 'Tenant/other']]), ...rest }
}

const unlabelled = ({ metadata: { labels: { 'controller-uid': _, ...labels } = {}, ...metadata }, ...object }: ObservedObject): ObservedObject => ({ ...object, metadata: { ...metadata, labels } }) as ObservedObject
const letGo = (object: ObservedObject): ObservedObject => {
  const { metadata: { ownerReferences, ...metadata }, ...content } = unlabelled(object)
  return { ...content, metadata } as ObservedObject
}
const { namespace, contents } = made({}, uid)
const bare = foreign('v1', 'Namespace', namespaceName, {}, { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } })

describe('the next step of a release', () => {
  it.each<[string, Parameters<typeof situation>[0], object]>([
    ['is the label of the namespace alone', {}, { kind: 'patch', what: 'namespace ownership', patches: [{ metadata: { labels: { 'controller-uid': null } } }] }],
    ['is to wait for the engine while it owns the namespace', { namespace: unlabelled(namespace) }, { kind: 'wait', until: 'namespace is released' }],
    ['is to wait while the status is of before', { namespace: letGo(namespace) }, { kind: 'wait', until: 'Tenant is on hold' }],
    ['is what is in it once the Tenant holds', { namespace: letGo(namespace), status: taken }, { kind: 'patch', what: 'contents ownership', patches: { length: 14 } }],
    ['is so too while a Tenant is paused', { namespace: letGo(namespace), status: { phase: 'Paused' } }, { kind: 'patch', what: 'contents ownership' }],
    ['is to wait for the engine while it owns what is in it', { namespace: letGo(namespace), contents: contents.map(unlabelled), status: taken }, { kind: 'wait', until: 'contents are released' }],
    ['is what marks them once nobody owns them', { namespace: letGo(namespace), contents: contents.map(letGo), status: taken }, { kind: 'patch', what: 'contents metadata', patches: { length: 14 } }],
    ['is last what marks the namespace', { namespace: letGo(namespace), contents: [], status: taken }, { kind: 'patch', what: 'namespace metadata', patches: { length: 1 } }],
    ['is none where nothing is left', { namespace: bare, contents: [foreign('v1', 'ResourceQuota', 'theirs')], status: taken }, { kind: 'done' }],
    ['is the label again where it came back', { status: taken }, { kind: 'patch', what: 'namespace ownership' }],
    ['is what is in it again where it came back', { namespace: bare, contents: contents.slice(0, 1), status: taken }, { kind: 'patch', what: 'contents ownership', patches: { length: 1 } }],
    ['is for a Tenant that is gone what marks it', { tenant: undefined, ...made() }, { kind: 'patch', what: 'contents metadata', patches: { length: 14 } }],
    ['frees a namespace that was labelled as the Tenant\'s by mistake', { namespaceName: 'victim', namespace: foreign('v1', 'Namespace', 'victim', {}, { labels: { 'controller-uid': uid } }), contents: [] }, { kind: 'patch', what: 'namespace ownership' }]
  ])('%s', (_, change, expected) => {
    expect(nextReleaseStep(situation(change))).toMatchObject(expected)
  })

  it.each<[string, Parameters<typeof situation>[0], string]>([
    ['no namespace', { namespace: undefined }, 'namespace tenant-acme-shop does not exist: nothing to release'],
    ['one that is being deleted', { namespace: { ...namespace, metadata: { ...namespace.metadata, deletionTimestamp: 'now' } } }, 'is being deleted and cannot be kept'],
    ['a Tenant that is being deleted', { tenant: livingTenant({}, { deletionTimestamp: 'now' }) }, 'Tenant acme is being deleted, and its namespace may be deleted with it'],
    ['one of another Tenant', { namespace: made({}, 'other-uid').namespace }, 'belongs to Tenant other, not to acme. To release it: k8s-mtp release other tenant-acme-shop'],
    ['one made for another Tenant', { namespace: foreign('v1', 'Namespace', namespaceName, {}, { labels: { 'k8s-mtp.dev/tenant': 'elder' } }) }, 'belongs to Tenant elder'],
    ['one that has nothing of the Tenant', { namespaceName: 'legacy', namespace: foreign('v1', 'Namespace', 'legacy'), contents: [] }, 'namespace legacy has nothing of Tenant acme'],
    ['one of nobody, and no such Tenant', { tenant: undefined, namespace: foreign('v1', 'Namespace', namespaceName), contents: [] }, 'Tenant acme does not exist, and namespace tenant-acme-shop has no label of one']
  ])('is to refuse %s', (_, change, expected) => {
    expect(nextReleaseStep(situation(change))).toEqual({ kind: 'refuse', because: expect.stringContaining(expected) })
  })
})

describe('what is taken off', () => {
  it('is all that says that it is ours, and nothing of others or of what it does', () => {
    const metadata = { labels: { 'k8s-mtp.dev/tenant': 'acme', 'k8s-mtp.dev/class': 'default', 'app.kubernetes.io/managed-by': 'k8s-mtp', 'pod-security.kubernetes.io/enforce': 'restricted', team: 'a' }, annotations: { 'k8s-mtp.dev/corrected': 'x', 'metacontroller.k8s.io/last-applied-configuration': '{}', note: 'b' } }
    expect(nextReleaseStep(situation({ namespace: foreign('v1', 'Namespace', namespaceName, {}, metadata), contents: [], status: taken }))).toMatchObject({
      patches: [{
        metadata: {
          labels: { 'k8s-mtp.dev/tenant': null, 'k8s-mtp.dev/class': null, 'app.kubernetes.io/managed-by': null },
          annotations: { 'k8s-mtp.dev/corrected': null, 'metacontroller.k8s.io/last-applied-configuration': null }
        }
      }]
    })
    const step = nextReleaseStep(situation({ namespace: foreign('v1', 'Namespace', namespaceName, {}, metadata), contents: [], status: taken }))
    expect(JSON.stringify(step.kind === 'patch' ? step.patches.map(({ metadata }) => metadata) : [])).not.toMatch(/team|note|pod-security/)
  })

  it('is of a Tenant that is gone also the reference to it, as long as nobody has changed the object meanwhile', () => {
    const { namespace } = made({}, earlierUid)
    const step = nextReleaseStep(situation({ tenant: undefined, namespace: { ...namespace, metadata: { ...namespace.metadata, resourceVersion: '7' } }, contents: [] }))
    expect(step).toMatchObject({ what: 'namespace metadata', patches: [{ metadata: { resourceVersion: '7', ownerReferences: [] } }] })
    expect(displayName(namespace)).toBe(`Namespace/${namespaceName}`)
  })
})
