import { describe, expect, it } from 'vitest'
import { reasons } from '../../../src/api/condition.ts'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import { nextCommands } from '../../../src/view/why/next-commands.ts'
import { namespaceCauses, tenantCauses } from '../../../src/view/why/tenant-causes.ts'
import { notReconciled, observed, situations, type TenantObject } from '../../gitops/situations.ts'
import { now } from '../../support/requests.ts'

const asObserved = (object: TenantObject) => object as unknown as ObservedObject
const page = 'https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/reference/reasons.md#'

describe('why a Tenant is not Ready', () => {
  it('is known for each reason', () => {
    const named = new Set<string>(situations.map(({ reason }) => reason))
    expect(reasons.filter(reason => !named.has(reason))).toEqual([])
  })

  it.each(situations.filter(({ reason }) => reason !== 'UpToDate'))('$name: $reason', situation => {
    const object = asObserved(observed(situation))
    const causes = tenantCauses(object, now)
    // Several namespaces: each has a cause of its own.
    if (situation.reason === 'NamespacesNotReady') {
      expect(causes.map(({ object }) => object)).toEqual(['Namespace tenant-acme-dev'])
      return
    }
    const found = causes.find(({ reason }) => reason === situation.reason) ?? expect.unreachable(JSON.stringify(causes))
    expect(found.page).toBe(page + situation.reason.toLowerCase())
    expect(found.message).not.toMatch(/See https|undefined/)
    expect(found.message).not.toBe('')
    expect(found.commands).not.toEqual([])
    for (const command of found.commands) expect(command).toMatch(/^(kubectl|k8s-mtp) /)
  })

  it('is nothing for a Tenant that is Ready', () => {
    expect(tenantCauses(asObserved(observed(situations[0] ?? expect.unreachable())), now)).toEqual([])
  })

  it.each(notReconciled)('$name', ({ object }) => {
    const managedFields = [{ manager: 'kubectl', fieldsV1: { 'f:spec': {} }, time: '2026-11-22T11:55:00Z' }]
    const late = { ...asObserved(object), metadata: { ...object.metadata, managedFields } }
    const [first] = tenantCauses(late, now)
    expect(first).toMatchObject({ reason: 'NotReconciled', commands: ['k8s-mtp check'] })
    expect(first?.message).toMatch(/^(it was never reconciled|the status is about generation 1, and the Tenant has generation 2), 5m after its last change\. Metacontroller does not run/)
    const soon = tenantCauses({ ...late, metadata: { ...late.metadata, managedFields: [{ ...managedFields[0], time: '2026-11-22T11:59:50Z' }] } }, now)
    expect(soon[0]?.message).toContain('Wait a minute')
  })

  it('is one cause for a Tenant and its only namespace, and quotes names for the shell', () => {
    const gone = observed({ ...situations.find(({ reason }) => reason === 'ClassInvalid') ?? expect.unreachable() })
    const object = { ...asObserved(gone), spec: { className: "x'; rm -rf /" }, status: { ...gone.status, namespaces: [{ name: 'tenant-acme-shop', phase: 'Pending', ready: false }] } }
    expect(tenantCauses(object, now)).toHaveLength(1)
    expect(tenantCauses(object, now)[0]?.commands).toEqual(["kubectl edit tenantclass 'x'\\''; rm -rf /'"])
  })
})

it('names the home namespace where the status has none yet, by the names of the Tenant', () => {
  const found = asObserved(observed(situations.find(({ reason }) => reason === 'NamespaceConflict') ?? expect.unreachable()))
  const { namespaces: _, ...status } = found['status'] as Record<string, unknown>
  const [first] = tenantCauses({ ...found, status }, now)
  expect(first).toMatchObject({ reason: 'NamespaceConflict', commands: ['k8s-mtp adopt acme tenant-acme-shop'] })
})

describe('why a namespace is not Ready', () => {
  it('is what its entry says', () => {
    const object = asObserved(observed(situations.find(({ name }) => name === 'a further namespace is on hold') ?? expect.unreachable()))
    expect(namespaceCauses(object, 'tenant-acme-shop', now)).toEqual([])
    expect(namespaceCauses(object, 'tenant-acme-dev', now)).toMatchObject([{ object: 'Namespace tenant-acme-dev', reason: 'ClassNotFound', commands: ['kubectl get tenantclasses'] }])
  })

  it('is its label where the Tenant does not know it', () => {
    const object = asObserved(observed(situations[0] ?? expect.unreachable()))
    expect(namespaceCauses(object, 'tenant-acme-old', now)).toMatchObject([{ commands: ['k8s-mtp adopt acme tenant-acme-old'] }])
  })
})

it('has a command for every reason but UpToDate', () => {
  const about = { tenant: 'acme', namespace: 'tenant-acme-shop', className: 'default', objects: ['Role/tenant-admin'] }
  expect(reasons.filter(reason => nextCommands[reason](about).length === 0)).toEqual(['UpToDate'])
})
