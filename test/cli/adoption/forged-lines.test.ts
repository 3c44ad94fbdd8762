import { describe, expect, it } from 'vitest'
import { planAdoption } from '../../../src/adoption/plan-adoption.ts'
import { adoptionText } from '../../../src/cli/adoption/adopt-text.ts'
import { releasePlanText } from '../../../src/cli/adoption/release-text.ts'
import { escapeControls } from '../../../src/cli/output/print.ts'
import type { TenantSpec } from '../../../src/api/tenant.ts'
import { namespaceName, objectsOf, situation, storedTenant, unmanaged } from '../../adoption/situations.ts'
import { uid } from '../../support/requests.ts'

const forged = 'eve\nforged line\u001b[2K\u009b1A\u202e\rx'
const rbac = 'rbac.authorization.k8s.io'
const subject = { apiGroup: rbac, kind: 'User', name: forged }
const binding = (roleRef: object) => unmanaged(`${rbac}/v1`, 'RoleBinding', 'tenant-admin', { roleRef: { apiGroup: rbac, kind: 'Role', ...roleRef }, subjects: [subject] })
/** The API server stores a name of an owner, and values of annotations, as they are. */
const owner = (kind: string, ownerUid: string) => ({ ownerReferences: [{ apiVersion: 'example.com/v1', kind, name: forged, uid: ownerUid, controller: true }] })

function expectNoForgery (text: string): void {
  const printed = escapeControls(text)
  expect(printed).toContain('forged line')
  for (const line of printed.split('\n')) expect(line).not.toMatch(/^\s*forged line/)
  // eslint-disable-next-line no-control-regex -- these are what must not be printed
  expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
}

describe('text of others forges no line and controls no terminal', () => {
  it.each<[string, Parameters<typeof situation>[0]]>([
    ['a subject that loses access', { contents: [binding({ name: 'tenant-admin' })] }],
    ['a role that is bound', { contents: [{ ...binding({ name: forged }), subjects: [{ ...subject, name: 'eve' }] }] }],
    ['an annotation that changes', { contents: [unmanaged('v1', 'ResourceQuota', 'tenant-quota', { spec: { hard: { pods: forged } } })] }],
    ['an owner of the namespace', { namespace: unmanaged('v1', 'Namespace', namespaceName, {}, owner('Widget', 'other')), owners: new Map([['other', `Widget/${forged}`]]) }],
    ['an owner of an object', { contents: [unmanaged(`${rbac}/v1`, 'Role', 'tenant-admin', { rules: [] }, owner('Widget', 'other'))], owners: new Map([['other', `Widget/${forged}`]]) }],
    ['an owner that no longer exists', { contents: [unmanaged(`${rbac}/v1`, 'Role', 'tenant-admin', { rules: [] }, owner(forged, 'gone'))] }]
  ])('in adopt: %s', (_, change) => {
    expectNoForgery(adoptionText(planAdoption(situation(change))))
  })

  it('in release: a subject whose access no longer expires', () => {
    const spec: Partial<TenantSpec> = { admins: [{ kind: 'User', name: forged, expiresAt: '2099-01-01T00:00:00Z' }] }
    expectNoForgery(releasePlanText({
      tenantName: 'acme',
      tenant: storedTenant(spec),
      namespaceName,
      ...objectsOf({}, uid),
      tenants: new Map([[uid, 'Tenant/acme']])
    }))
  })
})
