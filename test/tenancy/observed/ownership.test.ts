import { describe, expect, it } from 'vitest'
import { identity, type ObservedObject } from '../../../src/kubernetes/object.ts'
import { isProducedBy, unmanagedChildren } from '../../../src/tenancy/observed/ownership.ts'
import { syncContext } from '../../support/contexts.ts'

const owner = { name: 'acme', namespace: 'tenant-acme-shop' }
const ourLabels = { 'app.kubernetes.io/managed-by': 'k8s-mtp', 'k8s-mtp.dev/tenant': 'acme' }
const namespace = (name: string, labels = {}): ObservedObject =>
  ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
const role = (metadata: Partial<ObservedObject['metadata']> = {}): ObservedObject =>
  ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'r', namespace: owner.namespace, labels: ourLabels, ...metadata }
  })

describe('isProducedBy', () => {
  it.each<[string, ObservedObject, boolean]>([
    ['the namespace of the Tenant, whatever its labels', namespace('tenant-acme-shop'), true],
    ['another namespace with our labels', namespace('tenant-acme-old', ourLabels), false],
    ['an object in its namespace with our labels', role(), true],
    ['an object without labels', role({ labels: {} }), false],
    [
      'an object that another tool manages',
      role({ labels: { ...ourLabels, 'app.kubernetes.io/managed-by': 'Helm' } }),
      false
    ],
    ['an object of another Tenant', role({ labels: { ...ourLabels, 'k8s-mtp.dev/tenant': 'globex' } }), false],
    ['an object in another namespace with our labels', role({ namespace: 'kube-system' }), false],
    [
      'an object of another group that is called Namespace',
      { ...namespace('tenant-acme-shop'), apiVersion: 'example.com/v1' },
      false
    ]
  ])('%s: %s', (_, object, expected) => {
    expect(isProducedBy(owner, object)).toBe(expected)
  })

  it('is false for every namespace and namespaced object where spec.name cannot be read', () => {
    const unknown = { name: 'acme', namespace: undefined }
    expect([namespace('tenant-acme-shop'), role()].map(object => isProducedBy(unknown, object))).toEqual([false, false])
  })
})

describe('unmanagedChildren', () => {
  const produced = role()
  const added = role({ name: 'of-a-chart', labels: {} })
  const elsewhere = role({ name: 'elsewhere', namespace: 'kube-system' })
  const victim = namespace('victim')
  const { observed } = syncContext({ children: [namespace('tenant-acme-shop'), produced, added, elsewhere, victim] })
  const names = (desired: Set<string> | undefined, of = owner as { name: string, namespace: string | undefined }) =>
    unmanagedChildren(of, observed, desired).map(({ metadata }) => metadata.name)

  it.each<[string, Set<string> | undefined, string[]]>([
    ['lists what is neither desired nor produced', new Set<string>(), ['of-a-chart', 'elsewhere', 'victim']],
    ['leaves out what is desired', new Set([identity(added), identity(victim)]), ['elsewhere']],
    ['lists objects outside the namespace only while the desired state is unknown', undefined, ['elsewhere', 'victim']]
  ])('%s', (_, desired, expected) => {
    expect(names(desired).sort()).toEqual(expected.sort())
  })

  it('lists everything where spec.name cannot be read', () => {
    expect(names(undefined, { name: 'acme', namespace: undefined })).toHaveLength(5)
  })
})
