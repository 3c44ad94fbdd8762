import { group } from '../../api/group.ts'
import { listOf, quoted, userIsOneOf } from '../cel.ts'
import { managedResources } from '../resource-rules.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

/** What Metacontroller writes for itself, as `group/resource`. Source: https://metacontroller.github.io/metacontroller/guide/helm-install.html */
const ownResources = [
  'metacontroller.k8s.io/controllerrevisions',
  '/events',
  'events.k8s.io/events',
  'coordination.k8s.io/leases',
  `${group}/tenants`
]

/**
 * Metacontroller writes whatever kind a hook returns, declared as a child or not, as far as its rights go. Rights are often wider than they should
 * be; this holds also where they are.
 */
export function engineKinds ({ engine }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-engine-kinds',
    purpose: 'The engine writes only objects of the kinds that a Tenant comes to, whatever rights it has: no ClusterRoleBinding, no webhook, no pod.',
    resources: [{ group: '*', resources: ['*/*'], operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] }],
    conditions: { 'is-the-engine': userIsOneOf([engine]) },
    variables: {
      resource: "request.resource.group + '/' + request.resource.resource",
      subresource: "has(request.subResource) ? request.subResource : ''"
    },
    rules: [
      {
        id: 'kinds',
        refuses: 'the engine writing an object of any kind that is no child of a Tenant',
        holds: `variables.resource in ${listOf([...managedResources, ...ownResources])}`,
        message: { cel: "'the engine writes what Tenants come to and nothing else, no ' + variables.resource" }
      },
      {
        id: 'tenants',
        refuses: 'the engine creating, changing or deleting Tenants; it writes their status',
        holds: `variables.resource != ${quoted(`${group}/tenants`)} || (request.operation == 'UPDATE' && variables.subresource == 'status')`,
        message: 'the engine creates, changes and deletes no Tenants: people do'
      },
      {
        id: 'leases',
        refuses: 'the engine writing leases but in its own namespace: with another one it could take the lead from any controller',
        holds: "variables.resource != 'coordination.k8s.io/leases' || request.userInfo.username.startsWith('system:serviceaccount:' + request.namespace + ':')",
        message: { cel: "'the engine writes leases in its own namespace only, not in ' + request.namespace" }
      },
      {
        id: 'subresources',
        refuses: 'the engine writing any other subresource: those of a namespace take its labels and owners along, and its finalizers',
        holds: `variables.subresource == '' || variables.resource == ${quoted(`${group}/tenants`)}`,
        message: { cel: "'the engine writes no subresource but the status of Tenants, not ' + variables.subresource + ' of ' + variables.resource" }
      }
    ]
  }
}
