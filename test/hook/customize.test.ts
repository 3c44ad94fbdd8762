import { expect, it } from 'vitest'
import { customize } from '../../src/hook/customize.ts'
import { tenant } from '../support/objects.ts'
import { syncRequest } from '../support/requests.ts'

it('requests all classes, and any namespace of the name of the Tenant', () => {
  expect(customize(syncRequest({ tenant: tenant() }))).toEqual({
    relatedResources: [
      { apiVersion: 'k8s-mtp.dev/v1', resource: 'tenantclasses', labelSelector: {} },
      { apiVersion: 'v1', resource: 'namespaces', names: ['tenant-acme-shop'] }
    ]
  })
})

it('requests both even when the name cannot be read, since an incomplete request puts the Tenant on hold', () => {
  const { relatedResources } = customize(syncRequest({ tenant: { ...tenant(), spec: null } }))
  expect(relatedResources.map(({ resource }) => resource)).toEqual(['tenantclasses', 'namespaces'])
})
