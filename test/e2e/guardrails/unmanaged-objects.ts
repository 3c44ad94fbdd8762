import type { GuardrailCase } from './case.ts'
import { kindsOf } from './kinds.ts'
import { dryRun } from './world.ts'

const guarded = ['NetworkPolicy', 'Role', 'RoleBinding', 'LimitRange']

export const unmanagedObjectCases: GuardrailCase[] = kindsOf().filter(({ kind }) => guarded.includes(kind)).map(({ kind, make }): GuardrailCase => ({
  rule: 'tenant-objects/unmanaged-author',
  refuses: `creation of a ${kind} beside those of the Tenant`,
  who: 'a cluster administrator',
  attempt: (who, { tenant }) => who.create(make(tenant.namespace), dryRun),
  message: new RegExp('TenantClass default does not allow \\S+ to write \\w+ tenant-acme-\\w+-shop/some, which can open traffic, grant access or refuse pods ' +
    'beside Tenant acme-\\w+. Add traffic and limits to the TenantClass and people to the Tenant, or list the author in spec.allowedAuthors of the ' +
    'TenantClass; in an emergency, act as a member of k8s-mtp:break-glass'),
  allows: `creation of a ${kind} in an unmanaged namespace`,
  control: (who, { elsewhere }) => who.create(make(elsewhere), dryRun)
}))
