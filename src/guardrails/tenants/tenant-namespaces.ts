import { labels } from '../../api/group.ts'
import { garbageCollector, namespaceController } from '../actors.ts'
import { beforeAndNow, hasOurLabel, isMemberOf, labelsOfBoth, quoted, tenantOwnersIn, userIsOneOf } from '../cel.ts'
import { namespaceSubresources, namespaces } from '../resource-rules.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

/** A namespace of a tenant ends with its Tenant, and in no other way. What is written on it is guarded elsewhere. */
export function tenantNamespaces ({ engine, breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-tenant-namespaces',
    purpose: 'The namespaces of tenants are deleted with their Tenant only, and no other namespace is deleted on behalf of a Tenant.',
    resources: [namespaces(['DELETE']), namespaceSubresources()],
    conditions: { 'is-no-emergency': `!${isMemberOf(breakGlass)}` },
    variables: {
      ...beforeAndNow,
      ...labelsOfBoth,
      isEngine: userIsOneOf([engine]),
      isGarbageCollector: userIsOneOf(garbageCollector),
      isNamespaceController: userIsOneOf(namespaceController),
      isTenants: hasOurLabel('variables.labelsBefore'),
      isOwnedByTenant: `${tenantOwnersIn('variables.before')}.size() > 0`,
      isRetained: `${quoted(labels.deletionPolicy)} in variables.labelsBefore`
    },
    rules: [
      {
        id: 'delete',
        refuses: 'deleting the namespace of a tenant by hand',
        holds: "request.operation != 'DELETE' || !variables.isTenants || variables.isEngine || variables.isGarbageCollector || variables.isNamespaceController",
        message: { cel: `'namespace ' + oldObject.metadata.name + ' belongs to Tenant ' + variables.labelsBefore[${quoted(labels.tenant)}] + ': delete the Tenant, or free the namespace first with k8s-mtp release; in an emergency act as a member of ${breakGlass.join(' or ')}'` }
      },
      {
        id: 'never-by-the-engine',
        refuses: 'the engine deleting a namespace, whatever the hook or somebody in its place answers',
        holds: "request.operation != 'DELETE' || !variables.isEngine",
        message: { cel: "'the engine deletes no namespaces, so ' + oldObject.metadata.name + ' stays: an answer of the hook that lacks it is wrong'" }
      },
      {
        id: 'foreign',
        refuses: 'the garbage collector deleting a namespace that a Tenant owns without having made it',
        holds: "request.operation != 'DELETE' || !variables.isGarbageCollector || !variables.isOwnedByTenant || variables.isTenants",
        message: { cel: "'namespace ' + oldObject.metadata.name + ' has an ownerReference to a Tenant and was not made by it, so it stays: remove the ownerReference'" }
      },
      {
        id: 'retained',
        refuses: 'the garbage collector deleting a namespace whose Tenant has the deletionPolicy Retain',
        holds: "request.operation != 'DELETE' || !variables.isGarbageCollector || !variables.isRetained",
        message: { cel: "'namespace ' + oldObject.metadata.name + ' is kept: its Tenant had the deletionPolicy Retain. k8s-mtp adopt gives it to a Tenant again, k8s-mtp release frees it'" }
      },
      {
        id: 'subresources',
        refuses: 'writing status or finalizers of the namespace of a tenant, but by the namespace controller',
        holds: "request.operation != 'UPDATE' || !(variables.isTenants || variables.isOwnedByTenant) || variables.isNamespaceController",
        message: { cel: "'the ' + request.subResource + ' of namespace ' + oldObject.metadata.name + ' is written by the namespace controller alone: it empties the namespace before it ends it'" }
      }
    ]
  }
}
