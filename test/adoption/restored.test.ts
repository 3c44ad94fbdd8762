import { expect, it } from 'vitest'
import { restoredNamespaces } from '../../src/adoption/restored.ts'
import type { ObservedObject } from '../../src/kubernetes/object.ts'
import { uid } from '../support/requests.ts'
import { earlierUid, namespaceName, storedTenant, unmanaged } from './situations.ts'

const labelled = (name: string, { labels, ...metadata }: { labels?: object, [field: string]: unknown } = {}): ObservedObject =>
  unmanaged('v1', 'Namespace', name, {}, {
    ...metadata,
    labels: { 'k8s-mtp.dev/tenant': 'acme', 'controller-uid': earlierUid, ...labels }
  })
const owned = (owner: string) => ({ ownerReferences: [{ uid: owner, kind: 'Tenant', name: 'acme', controller: true }] })
const other = storedTenant({}, { name: 'other', uid: 'other-uid' })

const adoptable = { adoptable: [{ tenant: 'acme', namespace: namespaceName }], skipped: [], owned: 0 }
const skipped = (namespace: string, because: string) =>
  ({ adoptable: [], skipped: [{ namespace, because: expect.stringContaining(because) }], owned: 0 })

it.each<[string, ObservedObject, object]>([
  ['of a Tenant with a new uid: adoptable', labelled(namespaceName), adoptable],
  ['with a reference to the earlier Tenant: adoptable', labelled(namespaceName, owned(earlierUid)), adoptable],
  [
    'with the label, which Metacontroller does not own yet: adoptable',
    labelled(namespaceName, { labels: { 'controller-uid': uid } }),
    adoptable
  ],
  [
    'that its Tenant owns: left unchanged',
    labelled(namespaceName, { labels: { 'controller-uid': uid }, ...owned(uid) }),
    { adoptable: [], skipped: [], owned: 1 }
  ],
  [
    'without the label of a Tenant: ignored',
    unmanaged('v1', 'Namespace', namespaceName),
    { adoptable: [], skipped: [], owned: 0 }
  ],
  [
    'whose Tenant is gone: skipped',
    labelled('tenant-gone-shop', { labels: { 'k8s-mtp.dev/tenant': 'gone' } }),
    skipped('tenant-gone-shop', 'its Tenant gone does not exist: create it again, or release the namespace: ' +
      'k8s-mtp release gone tenant-gone-shop')
  ],
  [
    'whose name does not match: skipped',
    labelled('tenant-acme-web'),
    skipped('tenant-acme-web', 'Tenant acme has tenant-acme-shop, and not this one')
  ],
  [
    'that is terminating: skipped',
    labelled(namespaceName, { deletionTimestamp: 'now' }),
    skipped(namespaceName, 'it is being deleted')
  ],
  [
    'that another Tenant owns: skipped',
    labelled(namespaceName, owned('other-uid')),
    skipped(namespaceName, 'it belongs to Tenant/other')
  ]
])('a namespace %s', (_, namespace, expected) => {
  expect(restoredNamespaces([namespace], [storedTenant(), other])).toEqual(expected)
})
