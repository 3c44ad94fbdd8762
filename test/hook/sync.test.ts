import { describe, expect, it } from 'vitest'
import { sync } from '../../src/hook/sync.ts'
import { identity } from '../../src/kubernetes/object.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { now, settled, syncRequest } from '../support/requests.ts'

const running = () => settled({ tenant: tenant(), classes: [defaultClass()] }).world

describe('the response of the sync hook', () => {
  it('has only the fields that Metacontroller decodes', () => {
    const { response } = sync(syncRequest(running()), now)
    expect(Object.keys(response)).toEqual(['status', 'children'])
    const next = sync(syncRequest({ tenant: tenant(), classes: [defaultClass()] }), now).response
    expect(Object.keys(next)).toEqual(['status', 'children', 'resyncAfterSeconds'])
  })

  it('survives JSON unchanged', () => {
    const { response } = sync(syncRequest(running()), now)
    expect(JSON.parse(JSON.stringify(response))).toStrictEqual(response)
  })
})

describe('the sync hook puts a Tenant on hold whose request has', () => {
  it.each([
    ['no related objects', { related: {} }, 'related Namespaces, related TenantClasses'],
    ['null for the related objects', { related: null }, 'related Namespaces, related TenantClasses'],
    ['no TenantClasses', { related: { 'Namespace.v1': {} } }, 'related TenantClasses']
  ])('%s', (_, change, missing) => {
    const before = running()
    const { response, hold } = sync({ ...syncRequest(before), ...change }, now)
    expect(hold).toBe('EngineMisconfigured')
    expect(response.children.map(identity).sort()).toEqual((before.children ?? []).map(identity).sort())
    expect(response.status.conditions?.find(({ type }) => type === 'Stalled')).toMatchObject({
      message: expect.stringContaining(`Metacontroller does not send ${missing}. Apply the CompositeController`) as string
    })
  })

  it('no entry for a child kind', () => {
    const request = syncRequest(running())
    delete request.children['Role.rbac.authorization.k8s.io/v1']
    const { response, hold } = sync(request, now)
    expect(hold).toBe('EngineMisconfigured')
    expect(response.children).toHaveLength(12)
  })
})
