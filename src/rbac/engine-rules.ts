import { classRoles } from '../api/class-roles.ts'
import { group } from '../api/group.ts'
import type { RoleRule } from '../api/role-rule.ts'
import type { TenantClass } from '../api/tenant-class.ts'
import { groupOf } from '../kubernetes/object.ts'
import { childKindsOf, type ChildKind } from '../tenancy/desired/child-kinds.ts'
import { readOwnNamespace } from '../tenancy/desired/role.ts'
import { mergedRules } from '../kubernetes/role-rules.ts'
import { read, rule, type JustifiedRules } from './rules.ts'

export interface EngineInput {
  /** The classes whose permissions the engine grants. */
  classes: readonly TenantClass[]
  /** Lets the engine grant any permission, whatever the classes contain. */
  escalate: boolean
}

const watch = ['list', 'watch']
/** dynamic-apply updates, as both strategies do to adopt and release; server-side apply patches. */
const write = ['create', 'update', 'patch']

/** The permissions that Metacontroller needs for the CompositeController, under both apply strategies. */
export function engineRules ({ classes, escalate }: EngineInput): JustifiedRules[] {
  return [
    {
      because: 'Namespaces, WorkloadPolicies and TenantNamespaces of Tenants. Without delete: no response of the hook asks for it, ' +
      'and other controllers delete them with the Tenant.',
      rules: childRules(false, [...read, ...write])
    },
    {
      because: 'The other objects in namespaces of Tenants. Server-side apply creates with patch, which also needs create.',
      rules: childRules(true, [...read, ...write, 'delete'])
    },
    {
      because: 'Watches Tenants, and reads them again before it writes their status or adopts an object.',
      rules: [rule(group, ['tenants'], read)]
    },
    {
      because: 'Writes the status of Tenants and TenantNamespaces.',
      rules: [rule(group, ['tenants/status', 'tenantnamespaces/status'], ['update'])]
    },
    {
      because: 'Sets blockOwnerDeletion on children, which needs this permission under OwnerReferencesPermissionEnforcement.',
      rules: [rule(group, ['tenants/finalizers', 'tenantnamespaces/finalizers'], ['update'])]
    },
    { because: 'Sends TenantClasses to the hook with each Tenant.', rules: [rule(group, ['tenantclasses'], watch)] },
    {
      because: 'Watches its own kinds, used or not, and the CustomResourceDefinitions of parents.',
      rules: [
        rule('apiextensions.k8s.io', ['customresourcedefinitions'], watch),
        rule('metacontroller.k8s.io', ['compositecontrollers', 'controllerrevisions', 'decoratorcontrollers'], watch)
      ]
    },
    { because: 'Reports children that cannot be applied in events.', rules: [rule('', ['events'], ['create', 'patch'])] },
    escalate ? escalation : grantedRules(classes)
  ]
}

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping */
function grantedRules (classes: readonly TenantClass[]): JustifiedRules {
  const rules = classes.flatMap(({ spec }) => classRoles(spec)).flatMap(({ rules }) => rules)
  const { resourceNames: _, ...readAnyNamespace } = readOwnNamespace('')
  const names = [...new Set(classes.map(({ metadata }) => metadata.name))].sort()
  return {
    because: 'The permissions that it grants: RBAC lets nobody grant permissions they do not have. The union of the rules of ' +
      `${names.join(', ')}.`,
    rules: mergedRules([...rules, readAnyNamespace])
  }
}

const escalation: JustifiedRules = {
  because: 'Grants permissions that it does not have: any permission, to any subject, in any namespace.',
  rules: [rule('rbac.authorization.k8s.io', ['roles'], ['bind', 'escalate'])]
}

function childRules (deletable: boolean, verbs: string[]): RoleRule[] {
  const kinds = childKindsOf.Tenant.filter((kind: ChildKind) => kind.deletable === deletable)
  return mergedRules(kinds.map(({ apiVersion, resource }) => rule(groupOf(apiVersion), [resource], verbs)))
}
