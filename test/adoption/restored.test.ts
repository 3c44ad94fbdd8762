import { expect, it } from 'vitest'
import { restoredNamespaces } from '../../src/adoption/restored.ts'
import type { ObservedObject } from '../../src/kubernetes/object.ts'
import { uid } from '../support/requests.ts'
import { earlierUid, foreign, livingTenant, namespaceName } from './situations.ts'

const labelled = (name: string, { labels, ...metadata }: { labels?: object, [field: string]: unknown } = {}): ObservedObject =>
  foreign('v1', 'Namespace', name, {}, { ...metadata, labels: { 'k8s-mtp.dev/tenant': 'acme', 'controller-uid': earlierUid, ...labels } })
const owned = (owner: string) => ({ ownerReferences: [{ uid: owner, kind: 'Tenant', name: 'acme', controller: true }] })
const other = livingTenant({}, { name: 'other', uid: 'other-uid' })

const adoptable = { adoptable: [{ tenant: 'acme', namespace: namespaceName }], skipped: [], owned: 0 }
const skipped = (namespace: string, because: string) => ({ adoptable: [], skipped: [{ namespace, because: expect.stringContaining(because) }], owned: 0 })

it.each<[string, ObservedObject, object]>([
  ['of a Tenant with a new uid is taken over', labelled(namespaceName), adoptable],
  ['with a reference to the Tenant as it was is taken over', labelled(namespaceName, owned(earlierUid)), adoptable],
  ['that is labelled, and that the engine does not own yet, is taken over', labelled(namespaceName, { labels: { 'controller-uid': uid } }), adoptable],
  ['that is its Tenant\'s is left as it is', labelled(namespaceName, { labels: { 'controller-uid': uid }, ...owned(uid) }), { adoptable: [], skipped: [], owned: 1 }],
  ['without the label of a Tenant is nobody\'s business', foreign('v1', 'Namespace', namespaceName), { adoptable: [], skipped: [], owned: 0 }],
  ['whose Tenant is gone is left out', labelled('tenant-gone-shop', { labels: { 'k8s-mtp.dev/tenant': 'gone' } }), skipped('tenant-gone-shop', 'its Tenant gone does not exist: create it again, or release the namespace: k8s-mtp release gone tenant-gone-shop')],
  ['whose name does not fit is left out', labelled('tenant-acme-web'), skipped('tenant-acme-web', 'Tenant acme has tenant-acme-shop, and not this one')],
  ['that is going is left out', labelled(namespaceName, { deletionTimestamp: 'now' }), skipped(namespaceName, 'it is being deleted')],
  ['that another Tenant owns is left out', labelled(namespaceName, owned('other-uid')), skipped(namespaceName, 'it belongs to Tenant/other')]
])('a namespace %s', (_, namespace, expected) => {
  expect(restoredNamespaces([namespace], [livingTenant(), other])).toEqual(expected)
})
