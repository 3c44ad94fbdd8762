import { group } from '../api/group.ts'
import type { RoleRule } from '../api/role-rule.ts'
import type { TenantClass } from '../api/tenant-class.ts'
import { readOwnNamespace } from '../tenancy/desired/role.ts'
import { mergedRules } from './merge-rules.ts'

/** A kind of objects that a Tenant owns. */
export interface ChildKind { apiVersion: string, resource: string }

/** Some rights, and what they are for: the reason stands beside them in the file that is generated. */
export interface Grounded {
  because: string
  rules: RoleRule[]
}

export interface EngineInput {
  /** What the CompositeController lists as child resources. */
  childKinds: readonly ChildKind[]
  /** The classes whose rules the engine hands out. */
  classes: readonly TenantClass[]
  /** Let it hand out anything, whatever the classes hold. */
  escalate: boolean
}

const read = ['get', 'list', 'watch']
const watch = ['list', 'watch']
/** `update` is how dynamic-apply corrects and how both strategies adopt and release; `patch` is server-side apply. */
const write = ['create', 'update', 'patch']

/** What Metacontroller needs to run the CompositeController, for both apply strategies, and nothing else. */
export function engineRules ({ childKinds, classes, escalate }: EngineInput): Grounded[] {
  const [kept, contents] = [true, false].map(wanted => childKinds.filter(kind => isKept(kind) === wanted))
  return [
    { because: 'Namespaces of Tenants, and the rules for workloads in them. Without delete: no answer of the hook ever asks for it, and what removes them with the Tenant has rights of its own.', rules: rulesOn(kept, [...read, ...write]) },
    { because: 'What else is in them. Under server-side apply patch also creates, and needs create for it.', rules: rulesOn(contents, [...read, ...write, 'delete']) },
    { because: 'Tenants are watched, and read once more before their status is written or something is adopted.', rules: [rule(group, 'tenants', read)] },
    { because: 'What it is all told in.', rules: [rule(group, 'tenants/status', ['update'])] },
    { because: 'Children block the deletion of their owner, which the API server allows to those alone who may hold it up, where it checks that (OwnerReferencesPermissionEnforcement).', rules: [rule(group, 'tenants/finalizers', ['update'])] },
    { because: 'Classes are sent to the hook along with each Tenant.', rules: [rule(group, 'tenantclasses', watch)] },
    {
      because: 'Metacontroller watches all its own kinds, used or not, and the CRDs of the parents.',
      rules: [
        rule('apiextensions.k8s.io', 'customresourcedefinitions', watch),
        rule('metacontroller.k8s.io', ['compositecontrollers', 'controllerrevisions', 'decoratorcontrollers'], watch)
      ]
    },
    { because: 'A child that cannot be applied is told of in an event alone.', rules: [rule('', 'events', ['create', 'patch'])] },
    escalate ? anyRole : handedOut(classes)
  ]
}

/** RBAC lets nobody write a Role with rights that he does not hold, nor bind one. Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping */
function handedOut (classes: readonly TenantClass[]): Grounded {
  const rules = classes.flatMap(({ spec: { roles } }) => [roles.admin, roles.operator, roles.viewer].flatMap(({ rules }) => rules))
  const { resourceNames: _, ...readAnyNamespace } = readOwnNamespace('')
  const names = [...new Set(classes.map(({ metadata }) => metadata.name))].sort()
  return {
    because: `What it hands out: nobody can give rights that he does not hold. The union of the rules of ${names.join(', ')}.`,
    rules: mergedRules([...rules, readAnyNamespace])
  }
}

const anyRole: Grounded = {
  because: 'It may hand out rights that it does not hold: any, to anybody, in any namespace.',
  rules: [rule('rbac.authorization.k8s.io', 'roles', ['bind', 'escalate'])]
}

function rulesOn (kinds: ChildKind[] = [], verbs: string[]): RoleRule[] {
  return mergedRules(kinds.map(({ apiVersion, resource }) => rule(groupOf(apiVersion), resource, verbs)))
}

function rule (apiGroup: string, resources: string | string[], verbs: string[]): RoleRule {
  return { apiGroups: [apiGroup], resources: [resources].flat(), verbs }
}

/** Every Tenant has them for as long as it is there. */
function isKept ({ resource }: ChildKind): boolean {
  return ['namespaces', 'workloadpolicies'].includes(resource)
}

export function groupOf (apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}
