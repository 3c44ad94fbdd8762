import { expect, it } from 'vitest'
import { customize } from '../../src/hook/customize.ts'
import { tenant } from '../support/objects.ts'
import { syncRequest } from '../support/requests.ts'

it('asks for all classes, and for whatever bears the name of the namespace', () => {
  expect(customize(syncRequest({ tenant: tenant() }))).toEqual({
    relatedResources: [
      { apiVersion: 'k8s-mtp.dev/v1', resource: 'tenantclasses', labelSelector: {} },
      { apiVersion: 'v1', resource: 'namespaces', names: ['tenant-acme-shop'] }
    ]
  })
})

it('asks for both also where the namespace cannot be told, as what is not sent is held', () => {
  const { relatedResources } = customize(syncRequest({ tenant: { ...tenant(), spec: null } }))
  expect(relatedResources.map(({ resource }) => resource)).toEqual(['tenantclasses', 'namespaces'])
})
