import { group } from '../../api/group.ts'
import { listOf, quoted } from '../cel.ts'
import type { GuardrailPart } from '../guardrail.ts'
import { managedResources } from '../resource-rules.ts'
import { checkHook } from './engine-cel.ts'

const [tenants, tenantNamespaces] = [`${group}/tenants`, `${group}/tenantnamespaces`]

/** As `group/resource`. Source: https://metacontroller.github.io/metacontroller/guide/helm-install.html */
const writtenForItself = [
  'metacontroller.k8s.io/controllerrevisions', '/events', 'events.k8s.io/events', 'coordination.k8s.io/leases', tenants,
  tenantNamespaces
]

/** Metacontroller writes any kind that a hook returns, declared as a child or not, as far as RBAC allows. */
export const engineKinds: GuardrailPart = {
  purpose: 'Metacontroller writes only the kinds that a Tenant produces, whatever its permissions: no ClusterRoleBinding, webhook or Pod.',
  resources: [{ group: '*', resources: ['*/*'], operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] }],
  variables: {
    resource: "request.resource.group + '/' + request.resource.resource",
    subresource: "has(request.subResource) ? request.subResource : ''"
  },
  rules: {
    kinds: {
      refuses: 'Metacontroller writing an object of a kind that is not a child of a Tenant',
      expression: `variables.resource in ${listOf([...managedResources, ...writtenForItself])}`,
      message: 'Metacontroller may not write a kind that no Tenant produces. Use a separate Metacontroller for other controllers'
    },
    tenants: {
      refuses: 'Metacontroller creating, changing or deleting Tenants; it writes their status',
      expression: `variables.resource != ${quoted(tenants)} || (request.operation == 'UPDATE' && variables.subresource == 'status')`,
      message: `Metacontroller may write only the status of Tenants. ${checkHook}`
    },
    leases: {
      refuses: 'Metacontroller writing leases outside of its namespace: it could become the leader of any controller',
      expression: `
        variables.resource != 'coordination.k8s.io/leases'
        || request.userInfo.username.startsWith('system:serviceaccount:' + request.namespace + ':')`,
      message: 'Metacontroller may write leases only in its own namespace. Check its leader election settings'
    },
    subresources: {
      refuses: 'Metacontroller writing any other subresource: those of a namespace include its labels, owners and finalizers',
      expression: `
        variables.subresource == '' || variables.resource == ${quoted(tenants)}
        || (variables.resource == ${quoted(tenantNamespaces)} && variables.subresource == 'status')`,
      message: `Metacontroller may write no subresource except the status of Tenants and TenantNamespaces. ${checkHook}`
    }
  }
}
